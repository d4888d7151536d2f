import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

const ECHO = `export const handler = async (event, context) => ({
  functionName: context.functionName,
  functionVersion: context.functionVersion,
  invokedFunctionArn: context.invokedFunctionArn,
  memoryLimitInMB: context.memoryLimitInMB,
  awsRequestId: context.awsRequestId,
  logGroupName: context.logGroupName,
  logStreamName: context.logStreamName,
  identity: context.identity,
  clientContext: context.clientContext,
  tenantId: context.tenantId,
});`;

const ARN = "arn:aws:lambda:us-east-1:123456789012:function:fn";

describe("the handler's context", () => {
  it("holds Lambda's fields", async () => {
    const bench = makeBench();
    await bench.deploy(ECHO, { memoryMb: 192 });
    const { payload, requestId } = await bench.succeed();
    expect(payload).toEqual({
      functionName: "fn",
      functionVersion: "1",
      invokedFunctionArn: ARN,
      memoryLimitInMB: "192",
      awsRequestId: requestId,
      logGroupName: "/aws/lambda/fn",
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[1\][0-9a-f]{32}$/),
    });
    expect(requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(bench.meters[0]?.requestId).toBe(requestId);
    expect(bench.logs[0]?.logStreamName).toBe((payload as { logStreamName: string }).logStreamName);
  });

  it("holds what the caller gave with the invocation, and forgets it with it", async () => {
    const bench = makeBench();
    await bench.deploy(ECHO);
    const clientContext = { custom: { device: "phone" }, client: { installation_id: "i" } };
    const identity = { cognitoIdentityId: "id", cognitoIdentityPoolId: "pool" };
    const { payload } = await bench.succeed(1, { clientContext, identity, tenant: "acme" });
    expect(payload).toMatchObject({ clientContext, identity, tenantId: "acme" });
    const after = (await bench.succeed()).payload;
    expect(after).not.toHaveProperty("clientContext");
    expect(after).not.toHaveProperty("identity");
    expect(after).not.toHaveProperty("tenantId");
  });

  it.each([
    ["fn", ARN],
    ["fn:1", `${ARN}:1`],
    ["fn:live", `${ARN}:live`],
    ["fn:$LATEST", `${ARN}:$LATEST`],
    [`${ARN}:live`, `${ARN}:live`],
    [ARN, ARN],
    ["123456789012:function:fn", ARN],
  ])("has the ARN by which it was invoked: %s", async (name, arn) => {
    const { engine, deploy } = makeBench();
    await deploy(ECHO);
    engine.putAlias("fn", "live", { version: "1" });
    const result = await engine.invoke<{ invokedFunctionArn: string }>(name);
    expect(result).toMatchObject({ status: "succeeded", payload: { invokedFunctionArn: arn } });
  });

  it("names the engine's own region and account", async () => {
    const bench = makeBench({ region: "eu-south-1", accountId: "210987654321" });
    await bench.deploy(ECHO);
    const arn = "arn:aws:lambda:eu-south-1:210987654321:function:fn";
    expect((await bench.succeed()).payload).toMatchObject({ invokedFunctionArn: arn });
    expect(bench.engine.describe("fn").arn).toBe(arn);
  });

  it("has a remaining time that starts at the limit and only goes down", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async (event, context) => {
        const times = [context.getRemainingTimeInMillis()];
        for (const ms of [5, 5]) {
          await new Promise((r) => setTimeout(r, ms));
          times.push(context.getRemainingTimeInMillis());
        }
        return times;
      };`,
      { timeoutMs: 7_000 },
    );
    const [first, second, third] = (await bench.succeed()).payload as [number, number, number];
    expect(first).toBeLessThanOrEqual(7_000);
    expect(first).toBeGreaterThan(0);
    expect(second).toBeLessThan(first);
    expect(third).toBeLessThan(second);
  });

  it("has a remaining time that is shorter where the caller set a deadline", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async (event, context) => context.getRemainingTimeInMillis();`,
      {
        timeoutMs: 20_000,
      },
    );
    expect((await bench.succeed(1, { deadlineMs: 9_000 })).payload).toBeLessThanOrEqual(9_000);
  });

  it("can be changed by the handler without harm to the next invocation", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async (event, context) => {
        const { awsRequestId, functionName } = context;
        context.awsRequestId = "mine"; context.functionName = "other"; context.extra = 1;
        return { awsRequestId, functionName, extra: "extra" in Object.getPrototypeOf(context) };
      };`,
    );
    const first = await bench.succeed();
    const second = await bench.succeed();
    expect(first.payload).toEqual({ awsRequestId: first.requestId, functionName: "fn", extra: false });
    expect(second.payload).toEqual({ awsRequestId: second.requestId, functionName: "fn", extra: false });
    expect(second.requestId).not.toBe(first.requestId);
  });
});
