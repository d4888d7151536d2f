import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

/** Invokes what the event names, and gives what comes of it or the error. */
const CALLER = `import { invoke } from "isolet/runtime";
export const handler = async ({ name, payload, type }) => {
  try { return await invoke(name, payload, { type }); }
  catch (error) { return { name: error.name, message: error.message, code: error.code, errorType: error.errorType }; }
};`;

async function withCaller(invoke: boolean | readonly string[], options = {}) {
  const bench = makeBench(options);
  await bench.deploy(CALLER, { permissions: { invoke } });
  const callee = `export const handler = async (event, context) => {
    if (event === "fail") throw new RangeError("no");
    return { event, tenant: context.tenantId ?? null };
  };`;
  await bench.engine.deploy("callee", { code: { source: callee } });
  bench.engine.putAlias("callee", "prod", { version: "1" });
  return bench;
}

describe("a function that invokes another", () => {
  it("gets its payload, and passes its own tenant on", async () => {
    const bench = await withCaller(["callee"]);
    const result = await bench.succeed({ name: "callee", payload: { a: [1] } }, { tenant: "blue" });
    expect(result.payload).toEqual({ event: { a: [1] }, tenant: "blue" });
    expect((await bench.succeed({ name: "callee:prod" })).payload).toEqual({ event: null, tenant: null });
    expect(bench.engine.permissions("fn")).toMatchObject({
      used: [
        { permission: "invoke", detail: "callee", count: 1 },
        { permission: "invoke", detail: "callee:prod", count: 1 },
      ],
      leastUsed: { invoke: ["callee", "callee:prod"] },
    });
    expect(bench.meters.map(({ functionName }) => functionName)).toEqual(["callee", "fn", "callee", "fn"]);
  });

  it("gets its failure as an error", async () => {
    const bench = await withCaller(true);
    expect((await bench.succeed({ name: "callee", payload: "fail" })).payload).toEqual({
      name: "FunctionError",
      message: "Function callee failed: RangeError: no",
      errorType: "RangeError",
    });
    expect((await bench.succeed({ name: "nobody" })).payload).toMatchObject({
      name: "FunctionNotFoundError",
      code: "FUNCTION_NOT_FOUND",
    });
    expect((await bench.succeed({ name: "a b" })).payload).toMatchObject({ name: "InvalidNameError" });
  });

  it("can hand over an event", async () => {
    const bench = await withCaller(true);
    const { payload } = await bench.succeed({ name: "callee", payload: 1, type: "event" });
    expect(payload).toEqual({ requestId: expect.any(String) as string });
    await bench.engine.drain();
    expect(bench.meters.map(({ functionName }) => functionName).toSorted()).toEqual(["callee", "fn"]);
  });

  it.each([
    [["callee"], "callee", true],
    [["callee"], "callee:prod", true],
    [["callee:prod"], "callee:prod", true],
    [["callee:prod"], "callee", false],
    [["callee:prod"], "callee:1", false],
    [["call*"], "callee", true],
    [["*ee:p*"], "callee:prod", true],
    [["call"], "callee", false],
    [["allee"], "callee", false],
    [false, "callee", false],
  ])("granted %j may invoke %s: %j", async (invoke, name, isGranted) => {
    const bench = await withCaller(invoke);
    const { payload } = await bench.succeed({ name });
    if (isGranted) expect(payload).toEqual({ event: null, tenant: null });
    else {
      expect(payload).toMatchObject({
        name: "NotAllowedError",
        message: `Function "fn" may not invoke "${name}": grant it with permissions: { invoke: ["${name}"] }.`,
      });
    }
  });

  it("can't go round in a circle for ever", async () => {
    const bench = makeBench({ maxInvokeDepth: 3 });
    await bench.deploy(
      `import { invoke } from "isolet/runtime";
      export const handler = async (depth) => { try { return await invoke("fn", depth + 1); } catch (error) { return [depth, error.code, error.message]; } };`,
      { permissions: { invoke: ["fn"] } },
    );
    expect((await bench.succeed(0)).payload).toEqual([
      3,
      "ERR_INVOKE_DEPTH",
      expect.stringContaining("the engine's maxInvokeDepth"),
    ]);
  });

  it("can't while it is loaded", async () => {
    const bench = makeBench();
    await bench.deploy(
      `import { invoke } from "isolet/runtime";
      const early = await invoke("fn").catch((error) => error.message);
      export const handler = async () => early;`,
      { permissions: { invoke: true } },
    );
    expect((await bench.succeed()).payload).toContain("from within an invocation only");
  });

  it("takes what it waits for down with it", async () => {
    const bench = makeBench();
    await bench.engine.deploy("callee", {
      code: { source: `export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));` },
      timeoutMs: 100_000,
    });
    await bench.deploy(CALLER, { permissions: { invoke: true }, timeoutMs: 200 });
    expect((await bench.fail({ name: "callee" })).error.errorType).toBe("Sandbox.Timedout");
    await bench.engine.drain();
    expect(bench.meters).toMatchObject([
      { functionName: "fn", outcome: "timeout" },
      { functionName: "callee", outcome: "aborted" },
    ]);
  });

  it("can give up by a signal", async () => {
    const bench = makeBench();
    await bench.engine.deploy("callee", {
      code: { source: `export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));` },
      timeoutMs: 100_000,
    });
    await bench.deploy(
      `import { invoke } from "isolet/runtime";
      export const handler = async () => {
        const aborter = new AbortController();
        setTimeout(() => aborter.abort(), 50);
        return invoke("callee", null, { signal: aborter.signal }).catch((error) => error.name);
      };`,
      { permissions: { invoke: true } },
    );
    expect((await bench.succeed()).payload).toBe("AbortError");
    await bench.engine.drain();
    expect(bench.meters.find(({ functionName }) => functionName === "callee")).toMatchObject({
      outcome: "aborted",
    });
  });
});
