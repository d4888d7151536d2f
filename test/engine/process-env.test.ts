import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";
import { InvalidOptionError } from "../../src/index.ts";

const ENV = `export const handler = async () => ({ ...process.env });`;

describe("process.env", () => {
  it("holds the function's variables and Lambda's reserved ones, and nothing of the host's", async () => {
    const bench = makeBench({ region: "eu-west-1" });
    process.env["ISOLET_TEST_SECRET"] = "host only";
    await bench.deploy(ENV, {
      environment: { TABLE: "orders", EMPTY: "" },
      memoryMb: 256,
      handler: "index.handler",
    });
    const { payload } = await bench.succeed();
    delete process.env["ISOLET_TEST_SECRET"];
    expect(payload).toEqual({
      TABLE: "orders",
      EMPTY: "",
      TZ: ":UTC",
      LANG: "en_US.UTF-8",
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_NAME: "fn",
      AWS_LAMBDA_FUNCTION_VERSION: "1",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/fn",
      AWS_LAMBDA_LOG_STREAM_NAME: bench.logs[0]?.logStreamName,
      LAMBDA_TASK_ROOT: "/var/task",
      LAMBDA_RUNTIME_DIR: "/var/runtime",
      _HANDLER: "index.handler",
    });
  });

  it("is there during init", async () => {
    const bench = makeBench();
    await bench.deploy(`const table = process.env.TABLE; export const handler = async () => table;`, {
      environment: { TABLE: "orders" },
    });
    expect((await bench.succeed()).payload).toBe("orders");
  });

  it("tells of provisioned concurrency and the log format", async () => {
    const bench = makeBench({ logFormat: "json" });
    await bench.deploy(ENV, { provisionedConcurrency: 1 });
    expect((await bench.succeed()).payload).toMatchObject({
      AWS_LAMBDA_INITIALIZATION_TYPE: "provisioned-concurrency",
      AWS_LAMBDA_LOG_FORMAT: "JSON",
    });
  });

  it("keeps what a function writes to it, as text, in that environment only", async () => {
    const bench = makeBench();
    const source = `export const handler = async () => { const before = process.env.N; process.env.N = Number(before ?? 0) + 1; return before ?? null; };`;
    await bench.deploy(source, { environment: { ONE: "1" } });
    expect((await bench.succeed()).payload).toBe(null);
    expect((await bench.succeed()).payload).toBe("1");
    await bench.deploy(source, { environment: { ONE: "1" } });
    expect((await bench.succeed()).payload).toBe(null);
  });

  it("takes the engine's defaults, the function's own winning", async () => {
    const bench = makeBench({ defaults: { environment: { STAGE: "dev", TABLE: "all" } } });
    await bench.deploy(ENV, { environment: { TABLE: "orders" } });
    expect((await bench.succeed()).payload).toMatchObject({ STAGE: "dev", TABLE: "orders" });
  });

  it("refuses the names that Lambda reserves", async () => {
    const bench = makeBench();
    const deploy = bench.deploy(ENV, { environment: { AWS_REGION: "x" } });
    await expect(deploy).rejects.toThrow(InvalidOptionError);
    await expect(deploy).rejects.toThrow(/AWS_REGION/);
  });
});
