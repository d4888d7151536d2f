import { afterAll, describe, expect, it } from "vitest";
import { ToCell, ToHost } from "../../src/cell/protocol.ts";
import { CellUnderTest } from "./support.ts";

const cell = new CellUnderTest();
afterAll(() => cell[Symbol.asyncDispose]());

/** Waits as long as it is told, and says what ran beside it. */
const WAITS = `
  let running = 0, most = 0;
  export const handler = async (waitMs) => {
    most = Math.max(most, ++running);
    console.log("in");
    if (waitMs) await new Promise((resolve) => setTimeout(resolve, waitMs));
    running--;
    return most;
  };
`;

/** Sends invocations in one batch and gives their numbers. */
function sendAll(environment: number, payloads: readonly unknown[], timeoutMs?: number): number[] {
  return payloads.map((payload) => cell.send(environment, payload, timeoutMs));
}

/** Those of the invocations that were answered, in the order of the answers. */
const answered = (environment: number): number[] =>
  cell
    .all(ToHost.Done)
    .filter(([, id]) => id === environment)
    .map(([, , number]) => number);

const returned = (environment: number): number[] =>
  cell
    .all(ToHost.Returned)
    .filter(([, id]) => id === environment)
    .map(([, , number]) => number);

/** Those of the invocations that have run at all, in the order they began. */
const begun = (environment: number): number[] =>
  cell
    .all(ToHost.Log)
    .filter(([, id]) => id === environment)
    .map(([, , number]) => number);

const ended = (environment: number): string | undefined =>
  cell.all(ToHost.Ended).find(([, id]) => id === environment)?.[2];

describe("a mailbox", () => {
  it.each([1, 2])(
    "keeps what is more than the concurrency of %d, and runs it in order",
    async (concurrency) => {
      const environment = await cell.load(WAITS, { concurrency });
      const numbers = sendAll(environment, [20, 0, 5, 0, 0, 10, 0]);
      const most = [];
      for (const number of numbers) most.push(JSON.parse((await cell.answerTo(number))[4]) as number);
      expect(Math.max(...most)).toBe(concurrency);
      expect(begun(environment)).toEqual(numbers);
      if (concurrency === 1) expect(answered(environment)).toEqual(numbers);
      expect([...answered(environment)].sort((a, b) => a - b)).toEqual(numbers);
    },
  );

  it("runs hundreds of short ones, each once and in order", async () => {
    const environment = await cell.load("export const handler = async (n) => n");
    const numbers = sendAll(
      environment,
      Array.from({ length: 500 }, (_, n) => n),
    );
    const answers = await Promise.all(numbers.map((number) => cell.answerTo(number)));
    expect(answers.map(([, , , , text]) => Number(text))).toEqual(numbers.map((_, n) => n));
    expect(answered(environment)).toEqual(numbers);
  });

  it("counts the deadline of each from its own start", async () => {
    const environment = await cell.load(WAITS);
    const numbers = sendAll(environment, [120, 120, 120], 200);
    for (const number of numbers) expect((await cell.answerTo(number))[3]).toBe(0);
  });

  it("hands back what has not started, and nothing else", async () => {
    const environment = await cell.load(WAITS);
    const numbers = sendAll(environment, [50, 0, 0]);
    cell.post([ToCell.Recall, environment]);
    cell.post([ToCell.Recall, environment]);
    await cell.answerTo(numbers[0] ?? 0);
    const later = cell.send(environment, 0);
    await cell.answerTo(later);
    expect(returned(environment)).toEqual(numbers.slice(1));
    expect(answered(environment)).toEqual([numbers[0], later]);
    expect(begun(environment)).toEqual([numbers[0], later]);
  });

  it("has nothing to hand back when all have started, or the environment is unknown", async () => {
    const environment = await cell.load(WAITS, { concurrency: 2 });
    const numbers = sendAll(environment, [20, 20]);
    cell.post([ToCell.Recall, environment], [ToCell.Recall, 9_999]);
    for (const number of numbers) expect((await cell.answerTo(number))[3]).toBe(0);
    expect(returned(environment)).toEqual([]);
  });

  it("lets timers stand still when it has been handed back and nothing runs", async () => {
    const environment = await cell.load(`
      let ticks = 0;
      setInterval(() => ticks++, 1);
      export const handler = async () => ticks;
    `);
    const [first = 0] = sendAll(environment, [null, null, null]);
    cell.post([ToCell.Recall, environment]);
    await cell.answerTo(first);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const before = Number((await cell.invoke(environment))[4]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(Number((await cell.invoke(environment))[4]) - before).toBeLessThanOrEqual(3);
  });

  it.each([
    ["process.exit(3)", 5_000, "exit", 1],
    ["throw new Error('x')", 5_000, undefined, 1],
    ["await new Promise((resolve) => setTimeout(resolve, 60_000))", 100, "timeout", 2],
    ["for (;;);", 100, "timeout", 2],
    [
      "setTimeout(() => { throw new Error('late') }); await new Promise((r) => setTimeout(r, 5_000))",
      5_000,
      "uncaught-exception",
      1,
    ],
  ])(
    "of an environment that ends over %j is not run, but left to the host",
    async (body, timeoutMs, reason, code) => {
      const environment = await cell.load(
        `export const handler = async (fails) => { console.log("in"); if (fails) { ${body} } return 1; };`,
      );
      const [first = 0, ...rest] = sendAll(environment, [true, false, false], timeoutMs);
      if (timeoutMs === 100) setTimeout(() => cell.post([ToCell.Expire, environment]), 150);
      expect((await cell.answerTo(first))[3]).toBe(code);
      if (reason) await cell.next(ToHost.Ended, ([, id]) => id === environment);
      else for (const number of rest) await cell.answerTo(number);
      await cell.settled();
      expect(ended(environment)).toBe(reason);
      expect(answered(environment)).toEqual(reason ? [first] : [first, ...rest]);
      expect(begun(environment)).toEqual(answered(environment));
      expect(returned(environment)).toEqual([]);
    },
  );

  it("lets one that can never end be answered at once, although more might run beside it", async () => {
    const environment = await cell.load(
      "export const handler = async (waits) => { if (waits) await new Promise(() => {}); return 1; };",
      { concurrency: 3 },
    );
    const startedMs = performance.now();
    const [first = 0, second = 0] = sendAll(environment, [true, false]);
    await Promise.all([cell.answerTo(first), cell.answerTo(second)]);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});
