import { afterAll, describe, expect, it } from "vitest";
import { ToCell, ToHost } from "../../src/cell/protocol.ts";
import { CellUnderTest } from "./support.ts";

const cell = new CellUnderTest();
afterAll(() => cell[Symbol.asyncDispose]());

const COUNT = 200;
const LEGACY = { format: "commonjs", runtime: "nodejs22.x" } as const;
const events = (make: (n: number) => unknown): unknown[] => Array.from({ length: COUNT }, (_, n) => make(n));

/** Sends them in one batch; gives outcome and text of each, and how many runs it took. */
async function together(
  environment: number,
  payloads: readonly unknown[],
  timeoutMs?: number,
  extras?: string,
) {
  const before = cell.runs;
  const numbers = cell.sendTogether(environment, payloads, timeoutMs, extras);
  const answers = await Promise.all(numbers.map((number) => cell.answerTo(number)));
  return {
    numbers,
    runs: cell.runs - before,
    answers: answers.map(([, , , outcome, text]) => [outcome, text] as const),
    figures: answers.map(([, , , , , durationMs, cpuMs]) => ({ durationMs, cpuMs })),
  };
}

describe("invocations that follow each other in one run", () => {
  it.each([
    ["a promise", `export const handler = async (event) => event`, {}],
    ["a plain value", `export const handler = (event) => event`, {}],
    ["a thenable", `export const handler = (event) => ({ then: (done) => done(event) })`, {}],
    ["a promise in the older runtime", `exports.handler = async (event) => event`, LEGACY],
    [
      "context.succeed in the call",
      `exports.handler = (event, context) => { context.succeed(event); }`,
      LEGACY,
    ],
    [
      "context.done in a microtask",
      `exports.handler = (event, context) => { queueMicrotask(() => context.done(null, event)); }`,
      LEGACY,
    ],
    [
      "process.nextTick",
      `export const handler = (event) => new Promise((resolve) => process.nextTick(resolve, event))`,
      {},
    ],
    [
      "the depth of recursion in a microtask",
      `exports.handler = (event, context) => {
        queueMicrotask(() => (function f(n) { if (n) f(n - 1); else context.succeed(event); })(500));
      }`,
      LEGACY,
    ],
  ])("are answered each once and in order: %s", async (_how, source, options) => {
    const environment = await cell.load(source, options);
    await together(environment, [0]);
    const { answers, runs, numbers } = await together(
      environment,
      events((n) => ({ n })),
    );
    expect(answers).toEqual(numbers.map((_, n) => [0, JSON.stringify({ n })]));
    expect(runs).toBeLessThan(COUNT);
    const answered = cell.all(ToHost.Done).filter(([, id]) => id === environment);
    expect(answered).toHaveLength(COUNT + 1);
  });

  it("have each their own request, deadline, extras and log lines", async () => {
    const environment = await cell.load(`
      export const handler = async (n, context) => {
        if (n % 50 === 0) console.log("line " + n);
        const left = context.getRemainingTimeInMillis();
        return [context.awsRequestId, left > 4000 && left <= 5000, context.clientContext, process.env.none ?? n];
      };`);
    await cell.call(environment, 1);
    const extras = JSON.stringify({ clientContext: { 'a,;"': "ü,;" } });
    const { answers, numbers, runs } = await together(
      environment,
      events((n) => n),
      5_000,
      extras,
    );
    expect(runs).toBeLessThan(COUNT);
    for (const [index, [, text]] of answers.entries())
      expect(JSON.parse(text)).toEqual([`req-${numbers[index]}`, true, { 'a,;"': "ü,;" }, index]);
    const lines = cell.all(ToHost.Log).filter(([, id]) => id === environment);
    expect(lines.map(([, , number]) => number)).toEqual(numbers.filter((_, n) => n % 50 === 0));
  });

  it("fail each by itself, whatever the others do", async () => {
    const environment = await cell.load(`
      export const handler = async (n) => { if (n % 3 === 1) throw new RangeError("r" + n); return n; };`);
    await cell.call(environment, 0);
    const { answers, runs } = await together(
      environment,
      events((n) => n),
    );
    expect(runs).toBeLessThan(COUNT);
    for (const [n, [outcome, text]] of answers.entries()) {
      if (n % 3 === 1) expect([outcome, JSON.parse(text)]).toMatchObject([1, { errorMessage: `r${n}` }]);
      else expect([outcome, text]).toEqual([0, String(n)]);
    }
  });

  it("are charged for what each of them used", async () => {
    const environment = await cell.load(`
      export const handler = async (turns) => { let x = 0; for (let i = 0; i < turns; i++) x += i % 7; return x; };`);
    for (let n = 0; n < 20; n++) await cell.call(environment, 100);
    const { figures, runs } = await together(
      environment,
      events((n) => (n === 100 ? 3_000_000 : 10)),
    );
    expect(runs).toBeLessThan(COUNT);
    const [heavy] = figures.splice(100, 1);
    const most = Math.max(...figures.map(({ cpuMs }) => cpuMs));
    expect(heavy?.cpuMs).toBeGreaterThan(most);
    for (const { cpuMs, durationMs } of figures) expect([cpuMs > 0, durationMs > 0]).toEqual([true, true]);
  });

  it("let the first that waits go on by itself, and the others come after it", async () => {
    const environment = await cell.load(`
      let order = [];
      export const handler = async (n) => {
        if (n === 5) await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(n);
        return order.length;
      };`);
    await cell.call(environment, -1);
    const { answers } = await together(
      environment,
      events((n) => n),
    );
    expect(answers.map(([, text]) => Number(text))).toEqual(answers.map((_, n) => n + 2));
  });

  it("are not given what the host has taken back", async () => {
    const environment = await cell.load(
      `
      export const handler = async (n) => {
        if (n === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
        return n;
      };`,
      { permissions: { sharedArrayBuffer: true, atomicsWait: true } },
    );
    const numbers = cell.sendTogether(environment, [0, 1, 2, 3]);
    const [first = 0, second = 0, third = 0, fourth = 0] = numbers;
    cell.revoke(second);
    cell.revoke(fourth);
    await cell.answerTo(third);
    await cell.settled();
    const done = cell.all(ToHost.Done).filter(([, id]) => id === environment);
    const returned = cell.all(ToHost.Returned).filter(([, id]) => id === environment);
    expect(done.map(([, , number]) => number)).toEqual([first, third]);
    expect(returned.map(([, , number]) => number)).toEqual([second, fourth]);
  });

  it.each([
    ["process.exit()", "exit", 1],
    ["setTimeout(() => { throw new Error('x') })", undefined, 0],
    ["for (;;);", "timeout", 2],
    ["(function f() { try { f(); } catch {} })(); for (;;) queueMicrotask(() => {})", undefined, undefined],
  ])("end with their environment when one of them does %s", async (act, reason, outcome) => {
    const environment = await cell.load(
      `export const handler = async (n) => { if (n === 7) { ${act} } return n; };`,
      {
        memoryMb: 32,
      },
    );
    for (let n = 20; n < 30; n++) await cell.call(environment, n);
    const numbers = cell.sendTogether(
      environment,
      Array.from({ length: 12 }, (_, n) => n),
      250,
    );
    const [, , , seventh] = await cell.answerTo(numbers[7] ?? 0);
    if (outcome !== undefined) expect(seventh).toBe(outcome);
    for (const number of numbers.slice(0, 7)) expect((await cell.answerTo(number))[3]).toBe(0);
    await cell.settled();
    const end = cell.all(ToHost.Ended).find(([, id]) => id === environment);
    if (reason) expect(end?.[2]).toBe(reason);
    // None is answered twice, and those that had not started are not answered by the cell.
    const done = cell.all(ToHost.Done).filter(([, id]) => id === environment);
    expect(new Set(done.map(([, , number]) => number)).size).toBe(done.length);
    if (reason) expect(done).toHaveLength(10 + 8);
  });

  it("are stopped at their own limits, of time and of CPU", async () => {
    const environment = await cell.load(
      `export const handler = async (n) => { if (n === 7) for (;;); return n; };`,
      { limits: { cpuMs: 50 } },
    );
    for (let n = 20; n < 30; n++) await cell.call(environment, n);
    const numbers = cell.sendTogether(
      environment,
      Array.from({ length: 12 }, (_, n) => n),
      3_000,
    );
    const [, , , outcome, text] = await cell.answerTo(numbers[7] ?? 0);
    expect([outcome, text]).toEqual([1, expect.stringContaining("limits.cpuMs")]);
  });

  it("don't follow one with another limit, or a large one", async () => {
    const environment = await cell.load(`export const handler = async (event) => event.length ?? event`);
    await cell.call(environment, 1);
    const text = "x".repeat(20_000);
    const { answers, runs } = await together(environment, [text, text, text, text]);
    expect(answers).toEqual(Array.from({ length: 4 }, () => [0, "20000"]));
    expect(runs).toBe(4);
    const before = cell.runs;
    const message = (number: number, timeoutMs: number) =>
      [ToCell.Invoke, environment, number, "id", timeoutMs, "1", ""] as const;
    const numbers = [900_001, 900_002, 900_003];
    cell.post(...numbers.map((number, index) => message(number, 5_000 - index * 1_000)));
    for (const number of numbers) expect((await cell.answerTo(number))[3]).toBe(0);
    expect(cell.runs - before).toBe(3);
  });
});
