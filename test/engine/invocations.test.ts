import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";
import { FunctionError, ThrottledError } from "../../src/index.ts";

const ACTOR = `export const handler = async (event) => { if (event === "throw") throw new RangeError("no"); return { got: event }; };`;

describe("an invocation of type event", () => {
  it("is accepted at once, run without anybody waiting, and metered", async () => {
    const bench = makeBench();
    await bench.deploy(ACTOR);
    const metered = new Promise((resolve) => bench.engine.on("meter", resolve));
    const accepted = await bench.engine.invoke("fn", 1, { type: "event" });
    expect(accepted).toEqual({
      status: "accepted",
      requestId: expect.any(String),
      functionName: "fn",
      functionVersion: "1",
    });
    expect(await metered).toMatchObject({ requestId: accepted.requestId, outcome: "succeeded" });
  });

  it("that fails rejects for nobody; that is refused on arrival is not accepted", async () => {
    const bench = makeBench();
    const throttles: string[] = [];
    bench.engine.on("throttle", ({ functionName }) => throttles.push(functionName));
    await bench.deploy(ACTOR);
    await bench.engine.deploy("stopped", { code: { source: ACTOR }, reservedConcurrency: 0 });
    const failed = new Promise((resolve) => bench.engine.on("meter", resolve));
    await bench.engine.invoke("fn", "throw", { type: "event" });
    expect(await failed).toMatchObject({ outcome: "failed", errorType: "RangeError" });
    await expect(bench.engine.invoke("stopped", 1, { type: "event" })).rejects.toMatchObject({
      code: "THROTTLED",
    });
    expect(throttles).toEqual(["stopped"]);
  });
});

describe("an invocation of type dry-run", () => {
  it("checks everything and runs nothing", async () => {
    const bench = makeBench();
    await bench.deploy(ACTOR);
    const checked = await bench.engine.invoke("fn:1", { a: 1 }, { type: "dry-run" });
    expect(checked).toMatchObject({ status: "checked", functionName: "fn", functionVersion: "1" });
    await expect(bench.engine.invoke("no", 1, { type: "dry-run" })).rejects.toMatchObject({
      code: "FUNCTION_NOT_FOUND",
    });
    await expect(bench.engine.invoke("fn", 1n, { type: "dry-run" })).rejects.toMatchObject({
      code: "INVALID_PAYLOAD",
    });
    expect(bench.meters).toEqual([]);
    expect(bench.engine.stats().environments).toMatchObject({ starting: 0, idle: 0, busy: 0 });
  });
});

describe("a function as a callable", () => {
  it("gives the payload itself and throws when the function failed", async () => {
    const bench = makeBench();
    await bench.deploy(ACTOR);
    const call = bench.engine.function<unknown, { got: unknown }>("fn");
    expect(await call({ n: 1 })).toEqual({ got: { n: 1 } });
    const error: unknown = await call("throw").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FunctionError);
    expect(error).toMatchObject({
      code: "FUNCTION_FAILED",
      fault: "function",
      errorType: "RangeError",
      message: "Function fn failed: RangeError: no",
      result: { status: "failed", functionVersion: "1", error: { errorMessage: "no" } },
    });
  });

  it("takes the options of an invocation, and names what it calls anew each time", async () => {
    const bench = makeBench();
    await bench.deploy(ACTOR);
    const call = bench.engine.function("fn");
    await call(1, { tenant: "acme" });
    expect(bench.meters).toMatchObject([{ tenant: "acme" }]);
    await bench.deploy(`export const handler = async () => "new";`);
    expect(await call(1)).toBe("new");
    await bench.deploy(ACTOR, { reservedConcurrency: 0 });
    await expect(call(1)).rejects.toThrow(ThrottledError);
  });
});

describe("many invocations at once", () => {
  it("of several functions each get their own result, whatever the others do", async () => {
    const bench = makeBench({ cells: { count: 2, prepared: 1 } });
    const names = ["a", "b", "c"];
    for (const name of names) await bench.engine.deploy(name, { code: { source: ACTOR }, timeoutMs: 20_000 });
    const calls = Array.from({ length: 300 }, (_, n) => ({
      name: names[n % 3]!,
      payload: n % 7 === 0 ? "throw" : n,
    }));
    const results = await Promise.all(calls.map(({ name, payload }) => bench.engine.invoke(name, payload)));
    results.forEach((result, n) => {
      const { name, payload } = calls[n]!;
      expect(result.functionName).toBe(name);
      if (payload === "throw")
        expect(result).toMatchObject({ status: "failed", error: { errorType: "RangeError" } });
      else expect(result).toMatchObject({ status: "succeeded", payload: { got: payload } });
    });
    expect(new Set(results.map(({ requestId }) => requestId)).size).toBe(300);
    expect(bench.meters).toHaveLength(300);
    expect(bench.engine.stats().scheduler).toMatchObject({ running: 0, queued: 0 });
  });

  it("leave the host's own event loop free while guests burn CPU and start cold", async () => {
    const bench = makeBench();
    const burn = `const t = performance.now(); while (performance.now() - t < 30);`;
    await bench.deploy(`${burn} export const handler = async () => { ${burn} };`);
    let turns = 0;
    let busy = true;
    const turn = (): void => {
      turns++;
      if (busy) setImmediate(turn);
    };
    setImmediate(turn);
    await Promise.all(Array.from({ length: 5 }, () => bench.succeed()));
    busy = false;
    // A host that waited for any of the ten burns would turn a handful of times.
    expect(turns).toBeGreaterThan(100);
  });
});

describe("the init of an environment", () => {
  it("has its own limit, whatever the invocation's is", async () => {
    const bench = makeBench();
    await bench.deploy(
      `await new Promise((r) => setTimeout(r, 250)); export const handler = async () => "up";`,
      { timeoutMs: 200 },
    );
    expect(await bench.succeed()).toMatchObject({ payload: "up", coldStart: true });
    expect(bench.meters[0]?.initMs).toBeGreaterThan(200);
  });

  it("that failed is tried again inside the invocation, which succeeds when that one does", async () => {
    const bench = makeBench();
    const failures: unknown[] = [];
    bench.engine.on("environment", ({ type }) => type === "init-failed" && failures.push(type));
    // Fails once or, by chance, some times; an invocation that meets two failures in a row fails with the second.
    await bench.deploy(
      `if (Math.random() < 0.5) throw new Error("by chance"); export const handler = async () => { process.exit(0); };`,
    );
    const types: string[] = [];
    for (let n = 0; n < 12; n++) types.push((await bench.fail()).error.errorType);
    const twice = types.filter((type) => type === "Error").length;
    expect(types.filter((type) => type === "Runtime.ExitError")).toHaveLength(12 - twice);
    expect(failures.length).toBeGreaterThanOrEqual(2 * twice);
    expect(failures.length).toBeLessThanOrEqual(2 * twice + (12 - twice));
    expect(bench.meters).toHaveLength(12);
  });
});
