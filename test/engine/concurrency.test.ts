import { describe, expect, it } from "vitest";
import { makeBench, until } from "./helpers.ts";
import { AbortedError, InvalidOptionError, ThrottledError } from "../../src/index.ts";
import type { Engine, InvokeOptions } from "../../src/index.ts";

/** Logs its event, takes a moment, and returns the event. */
const SLOW = `export const handler = async (event) => { console.log(String(event)); await new Promise((r) => setTimeout(r, 25)); return event; };`;
/** Runs until it is ended from outside. */
const ENDLESS = `export const handler = async (event) => { console.log(String(event)); await new Promise((r) => setTimeout(r, 60000)); };`;

/** The events that handlers logged, in the order they started. */
function starts(engine: Engine): string[] {
  const order: string[] = [];
  engine.on("log", ({ origin, message }) => origin === "function" && order.push(message));
  return order;
}

async function throttled(promise: Promise<unknown>): Promise<ThrottledError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ThrottledError)) throw new Error(`not throttled: ${String(error)}`);
  return error;
}

describe("limits", () => {
  it("let as many run at once as the account allows, and the rest wait", async () => {
    const { engine } = makeBench({ accountConcurrency: 2 });
    await engine.deploy("fn", { code: { source: SLOW } });
    const all = [1, 2, 3, 4, 5].map((n) => engine.invoke("fn", n));
    let most = 0;
    engine.on("log", () => (most = Math.max(most, engine.stats().scheduler.running)));
    expect(engine.stats().scheduler).toMatchObject({ running: 2, queued: 3 });
    expect((await Promise.all(all)).map((result) => result.status === "succeeded" && result.payload)).toEqual(
      [1, 2, 3, 4, 5],
    );
    expect(most).toBe(2);
    expect(engine.stats().scheduler).toMatchObject({ running: 0, queued: 0 });
  });

  it("let a function run no more at once than its reservation", async () => {
    const { engine, meters } = makeBench();
    await engine.deploy("fn", { code: { source: SLOW }, reservedConcurrency: 1 });
    const order = starts(engine);
    const results = await Promise.all([1, 2, 3].map((n) => engine.invoke("fn", n)));
    expect(results.map(({ status }) => status)).toEqual(["succeeded", "succeeded", "succeeded"]);
    expect(order).toEqual(["1", "2", "3"]);
    expect(results.filter((result) => result.status === "succeeded" && result.coldStart)).toHaveLength(1);
    expect(meters[2]?.queuedMs).toBeGreaterThan(meters[0]?.queuedMs ?? Infinity);
  });

  it("stop a function with a reservation of 0", async () => {
    const { engine, meters } = makeBench();
    const events: ThrottledError[] = [];
    engine.on("throttle", ({ error }) => events.push(error));
    await engine.deploy("fn", { code: { source: SLOW }, reservedConcurrency: 0 });
    const error = await throttled(engine.invoke("fn"));
    expect(error).toMatchObject({
      code: "THROTTLED",
      fault: "platform",
      retryable: true,
      reason: "ReservedConcurrency",
      limit: "reservedConcurrency",
      limitValue: 0,
    });
    expect(error.message).toMatch(/reservedConcurrency/);
    expect(events).toEqual([error]);
    expect(meters).toEqual([]);
  });

  it.each([
    ["accountConcurrency", { maxQueued: 0 }, {}, "AccountConcurrency", 1],
    ["reservedConcurrency", { maxQueued: 0 }, { reservedConcurrency: 1 }, "ReservedConcurrency", 1],
    ["maxQueued", { maxQueued: 1 }, {}, "BacklogFull", 1],
    ["maxQueuedPerFunction", { maxQueuedPerFunction: 1 }, {}, "FunctionBacklogFull", 1],
  ])("throttle past %s and name it with its value", async (limit, options, settings, reason, limitValue) => {
    const { engine } = makeBench({
      accountConcurrency: limit === "reservedConcurrency" ? 200 : 1,
      ...options,
    });
    await engine.deploy("fn", { code: { source: SLOW }, ...settings });
    const taken = limit.startsWith("maxQueued") ? 2 : 1;
    const fine = Array.from({ length: taken }, () => engine.invoke("fn", 1));
    const error = await throttled(engine.invoke("fn", 2));
    expect(error).toMatchObject({ reason, limit, limitValue });
    expect(error.message).toMatch(new RegExp(`\\b${limit}\\b`));
    expect(error.message).toMatch(new RegExp(`\\b${limitValue}\\b`));
    expect((await Promise.all(fine)).every(({ status }) => status === "succeeded")).toBe(true);
  });

  it("throttle what waited longer than queueDeadlineMs, and meter it once", async () => {
    const { engine, meters } = makeBench({ accountConcurrency: 1, queueDeadlineMs: 10 });
    await engine.deploy("fn", { code: { source: ENDLESS }, timeoutMs: 1_000 });
    const abort = new AbortController();
    const runs = engine.invoke("fn", 1, { signal: abort.signal });
    const error = await throttled(engine.invoke("fn", 2));
    expect(error).toMatchObject({ reason: "QueueDeadline", limit: "queueDeadlineMs", limitValue: 10 });
    expect(meters).toMatchObject([
      { outcome: "throttled", durationMs: 0, billedDurationMs: 0, coldStart: false },
    ]);
    abort.abort();
    await expect(runs).rejects.toThrow(AbortedError);
  });

  it("don't let one function's backlog starve another", async () => {
    const { engine } = makeBench({ accountConcurrency: 1 });
    for (const name of ["busy", "rare"]) await engine.deploy(name, { code: { source: SLOW } });
    const order = starts(engine);
    const all = Array.from({ length: 8 }, (_, n) => engine.invoke("busy", `busy ${n}`));
    await Promise.all([...all, engine.invoke("rare", "rare")]);
    expect(order.indexOf("rare")).toBeLessThanOrEqual(2);
  });

  it("let higher priorities of one function go first", async () => {
    const { engine } = makeBench({ accountConcurrency: 1 });
    await engine.deploy("fn", { code: { source: SLOW } });
    const order = starts(engine);
    const call = (n: string, options?: InvokeOptions) => engine.invoke("fn", n, options);
    await Promise.all([
      call("first"),
      call("low", { priority: -5 }),
      call("normal"),
      call("high", { priority: 100 }),
      call("normal too"),
    ]);
    expect(order).toEqual(["first", "high", "normal", "normal too", "low"]);
  });

  it.each([
    [{ priority: 101 }, "priority"],
    [{ priority: 1.5 }, "priority"],
    [{ deadlineMs: -1 }, "deadlineMs"],
    [{ deadlineMs: Number.NaN }, "deadlineMs"],
    [{ deadlineMs: "50" as unknown as number }, "deadlineMs"],
    [{ deadlineMs: null as unknown as number }, "deadlineMs"],
    [{ priority: "1" as unknown as number }, "priority"],
  ])("refuse the choice %j", async (options, field) => {
    const bench = makeBench();
    await bench.deploy(SLOW);
    const error: unknown = await bench.invoke(1, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ field });
    expect(bench.meters).toEqual([]);
  });
});

describe("an AbortSignal", () => {
  it("that has aborted already refuses the invocation, which is not accepted", async () => {
    const bench = makeBench();
    await bench.deploy(SLOW);
    const reason = new Error("changed my mind");
    const invocation = bench.invoke(1, { signal: AbortSignal.abort(reason) });
    await expect(invocation).rejects.toMatchObject({ code: "ABORTED", fault: "caller", cause: reason });
    expect(bench.meters).toEqual([]);
  });

  it("takes a waiting invocation out of the queue", async () => {
    const { engine, meters } = makeBench({ accountConcurrency: 1 });
    await engine.deploy("fn", { code: { source: SLOW } });
    const order = starts(engine);
    const abort = new AbortController();
    const first = engine.invoke("fn", "first");
    const waiting = engine.invoke("fn", "waiting", { signal: abort.signal });
    const last = engine.invoke("fn", "last");
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow(AbortedError);
    expect(engine.stats().scheduler.queued).toBe(1);
    expect(await Promise.all([first, last])).toMatchObject([{ payload: "first" }, { payload: "last" }]);
    expect(order).toEqual(["first", "last"]);
    expect(meters.map(({ outcome }) => outcome)).toEqual(["aborted", "succeeded", "succeeded"]);
  });

  it("ends a running invocation and its environment", async () => {
    const bench = makeBench();
    const order = starts(bench.engine);
    await bench.deploy(ENDLESS, { timeoutMs: 60_000 });
    const abort = new AbortController();
    const running = bench.invoke("x", { signal: abort.signal });
    await until(() => order.length === 1);
    const ended = new Promise((resolve) =>
      bench.engine.on("environment", (event) => event.type === "ended" && resolve(event.reason)),
    );
    abort.abort(new Error("enough"));
    await expect(running).rejects.toMatchObject({ code: "ABORTED", cause: { message: "enough" } });
    expect(await ended).toBe("aborted");
    expect(bench.meters).toMatchObject([{ outcome: "aborted", coldStart: true }]);
    await bench.deploy(SLOW);
    expect(await bench.succeed(1)).toMatchObject({ coldStart: true });
  });

  it("ends one whose guest loops without end", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => { console.log("in"); for (;;); };`, {
      timeoutMs: 300,
    });
    const abort = new AbortController();
    const running = bench.invoke("x", { signal: abort.signal });
    await until(() => bench.engine.stats().scheduler.running === 1);
    abort.abort();
    await expect(running).rejects.toThrow(AbortedError);
    expect(bench.meters).toMatchObject([{ outcome: "aborted" }]);
    await bench.deploy(SLOW);
    expect(await bench.succeed(1)).toMatchObject({ payload: 1 });
  });

  it("does nothing once the result is there, and is not listened to any more", async () => {
    const bench = makeBench();
    await bench.deploy(SLOW);
    const abort = new AbortController();
    await bench.succeed(1, { signal: abort.signal });
    abort.abort();
    expect(await bench.succeed(2)).toMatchObject({ coldStart: false });
    expect(bench.meters.map(({ outcome }) => outcome)).toEqual(["succeeded", "succeeded"]);
  });
});

describe("a deadlineMs", () => {
  it("that passes while the handler runs is a timeout", async () => {
    const bench = makeBench();
    await bench.deploy(ENDLESS, { timeoutMs: 60_000 });
    const result = await bench.fail("x", { deadlineMs: 400 });
    expect(result.error.errorType).toBe("Sandbox.Timedout");
    expect(result.error.errorMessage).toMatch(/Task timed out after 0\.\d\d seconds/);
    expect(bench.meters).toMatchObject([{ outcome: "timeout" }]);
  });

  it("that passes in the queue is a throttle", async () => {
    const { engine, meters } = makeBench({ accountConcurrency: 1 });
    await engine.deploy("fn", { code: { source: ENDLESS }, timeoutMs: 60_000 });
    const abort = new AbortController();
    const running = engine.invoke("fn", 1, { signal: abort.signal });
    const error = await throttled(engine.invoke("fn", 2, { deadlineMs: 10 }));
    expect(error).toMatchObject({ reason: "QueueDeadline", limit: "deadlineMs", limitValue: 10 });
    expect(meters).toMatchObject([{ outcome: "throttled" }]);
    abort.abort();
    await expect(running).rejects.toThrow(AbortedError);
  });

  it("that passes while a cold start takes its time is a throttle, too", async () => {
    const bench = makeBench();
    await bench.deploy(`await new Promise((r) => setTimeout(r, 300)); export const handler = async () => 1;`);
    const error = await throttled(bench.invoke(1, { deadlineMs: 20 }));
    expect(error).toMatchObject({ reason: "QueueDeadline", limit: "deadlineMs", limitValue: 20 });
    expect(bench.meters).toMatchObject([{ outcome: "throttled", durationMs: 0 }]);
    expect(await bench.succeed()).toMatchObject({ payload: 1 });
  });

  it("doesn't lengthen the function's own limit", async () => {
    const bench = makeBench();
    await bench.deploy(ENDLESS, { timeoutMs: 50 });
    const { error } = await bench.fail(1, { deadlineMs: 60_000 });
    expect(error.errorMessage).toMatch(/Task timed out after 0\.05 seconds/);
  });
});
