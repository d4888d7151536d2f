import { describe, expect, it } from "vitest";
import type { Engine, RequestResult } from "../../src/index.ts";
import { makeBench } from "./helpers.ts";

/** Logs which event it has taken up, does what that asks for, and returns its number. */
const HANDLER = `export const handler = async ({ n, act }) => {
  console.log(String(n));
  if (act === "wait") await new Promise((resolve) => setTimeout(resolve, 300));
  if (act === "exit") process.exit(3);
  if (act === "loop") for (;;);
  if (act === "never") await new Promise((resolve) => setTimeout(resolve, 60_000));
  return n;
};`;

/** How often each event was taken up. */
function countStarts(engine: Engine): Map<string, number> {
  const starts = new Map<string, number>();
  engine.on("log", ({ origin, message }) => {
    if (origin === "function") starts.set(message, (starts.get(message) ?? 0) + 1);
  });
  return starts;
}

/** A function that has been fast so far. */
async function setUpFast(cells: number, timeoutMs = 3_000) {
  const bench = makeBench({ cells: { count: cells, prepared: 0 } });
  await bench.deploy(HANDLER, { timeoutMs });
  for (let n = 0; n < 200; n++) await bench.invoke({ n: -1 });
  const starts = countStarts(bench.engine);
  const metered = bench.meters.length;
  /** Invokes it so many times at once; `acts` tells what those with these numbers do. */
  const invokeAll = (count: number, acts: Record<number, string>): Promise<RequestResult[]> =>
    Promise.all(Array.from({ length: count }, (_, n) => bench.invoke({ n, act: acts[n] })));
  return { ...bench, starts, invokeAll, metersOfAll: () => bench.meters.slice(metered) };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** The payloads of those that succeeded. */
const payloads = (results: readonly RequestResult[]): unknown[] =>
  results.map((result) => (result.status === "succeeded" ? result.payload : result.error.errorType));

describe.each([1, 2])("invocations of a function that has been fast, on %d cells", (cells) => {
  it.each([0, 3, 19])("all complete, each once, when number %d suddenly waits", async (slow) => {
    const { invokeAll, starts, metersOfAll } = await setUpFast(cells);
    const startedMs = performance.now();
    const results = await invokeAll(20, { [slow]: "wait" });
    expect(payloads(results)).toEqual(numbers(20));
    expect([...starts.values()]).toEqual(numbers(20).map(() => 1));
    expect(metersOfAll()).toHaveLength(20);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it("don't wait for the slow one", async () => {
    const { invokeAll, engine } = await setUpFast(cells);
    let slowIsDone = false;
    const slow = engine.invoke("fn", { n: 99, act: "wait" }).then(() => (slowIsDone = true));
    expect(payloads(await invokeAll(20, {}))).toEqual(numbers(20));
    expect(slowIsDone).toBe(false);
    await slow;
  });

  it.each([
    ["exit", "Runtime.ExitError"],
    ["loop", "Sandbox.Timedout"],
    ["never", "Sandbox.Timedout"],
  ])("all complete, each once, when two of them end their environments by %s", async (act, errorType) => {
    const { invokeAll, starts, metersOfAll } = await setUpFast(cells, 300);
    const results = await invokeAll(20, { 2: act, 9: act });
    expect(payloads(results)).toEqual(numbers(20).map((n) => (n === 2 || n === 9 ? errorType : n)));
    // What a loop has logged may go down with it.
    for (const n of numbers(20)) if (n !== 2 && n !== 9) expect([n, starts.get(String(n))]).toEqual([n, 1]);
    expect(Math.max(...starts.values())).toBe(1);
    expect(metersOfAll()).toHaveLength(20);
  });

  it("complete although others beside them are aborted", async () => {
    const { engine, starts } = await setUpFast(cells);
    const abort = new AbortController();
    const all = numbers(30).map((n) =>
      engine.invoke("fn", { n }, n % 3 === 1 ? { signal: abort.signal } : {}).then(
        (result) => result.status,
        (error: unknown) => (error as Error).name,
      ),
    );
    // Once they are in their mailboxes.
    await Promise.resolve();
    abort.abort();
    const outcomes = await Promise.all(all);
    for (const [n, outcome] of outcomes.entries()) {
      if (n % 3 === 1) expect(["AbortedError", "succeeded"]).toContain(outcome);
      else expect([n, outcome]).toEqual([n, "succeeded"]);
    }
    for (const n of numbers(30)) if (n % 3 !== 1) expect([n, starts.get(String(n))]).toEqual([n, 1]);
  });
});
