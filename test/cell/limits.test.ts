import { afterAll, describe, expect, it } from "vitest";
import { ToHost } from "../../src/cell/protocol.ts";
import { readKillReport } from "../../src/invocation/kill-report.ts";
import type { KillReport } from "../../src/invocation/kill-report.ts";
import { CellUnderTest } from "./support.ts";

const cell = new CellUnderTest();
afterAll(() => cell[Symbol.asyncDispose]());

interface Ending {
  readonly outcome: number;
  readonly error: { readonly errorType: string; readonly errorMessage: string };
  readonly kill: KillReport | undefined;
  readonly reason: string;
  readonly cpuMs: number;
}

/** How an invocation ends whose environment ends with it. */
async function endOf(environment: number, payload: unknown = null, timeoutMs = 5_000): Promise<Ending> {
  const [, , , outcome, text, , cpuMs, , , kill] = await cell.invoke(environment, payload, timeoutMs);
  const [, , reason, ownKill] = await cell.next(ToHost.Ended, ([, id]) => id === environment);
  expect(ownKill).toBe(kill);
  const error = JSON.parse(text || "{}") as Ending["error"];
  return { outcome, error, kill: readKillReport(kill), reason, cpuMs };
}

describe("the limit on CPU time", () => {
  it("ends one run that computes beyond it, long before the deadline", async () => {
    const environment = await cell.load(
      `function spin() { for (;;); } export const handler = async () => { console.log("in"); spin(); };`,
      { limits: { cpuMs: 50 } },
    );
    const { outcome, error, kill, reason, cpuMs } = await endOf(environment, null, 60_000);
    expect([outcome, reason, error.errorType]).toEqual([1, "cpu", "Sandbox.LimitExceeded"]);
    expect(error.errorMessage).toMatch(/^Error: limits\.cpuMs of 50 ms passed by [\d.]+ ms, at [\d.]+ ms$/);
    expect(kill).toMatchObject({ limit: "limits.cpuMs", limitValue: 50, unit: "ms", logLines: ["in"] });
    expect(kill?.value).toBeGreaterThan(50);
    expect(kill?.heapBytes).toBeGreaterThan(100_000);
    expect(kill?.stack?.[0]).toContain("at spin (file:///var/task/index.js:1:");
    expect(cpuMs).toBeGreaterThan(0);
  });

  it("ends many short runs that pass it together", async () => {
    const environment = await cell.load(
      `const burn = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };
      export const handler = async () => { for (;;) { burn(5); await new Promise(setImmediate); } };`,
      { limits: { cpuMs: 40 } },
    );
    const { error, kill, reason } = await endOf(environment, null, 60_000);
    expect([reason, error.errorType]).toEqual(["cpu", "Sandbox.LimitExceeded"]);
    expect(kill).toMatchObject({ limit: "limits.cpuMs", limitValue: 40, lastHostCall: "now" });
    expect(kill?.value).toBeGreaterThanOrEqual(40);
  });

  it("starts anew with each invocation, and doesn't count waiting", async () => {
    const environment = await cell.load(
      `export const handler = async (n) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += Math.sqrt(i);
        await new Promise((resolve) => setTimeout(resolve, 120));
        return sum > 0;
      };`,
      { limits: { cpuMs: 100 } },
    );
    for (let index = 0; index < 3; index++) expect(await cell.call(environment, 1_000)).toBe(true);
  });
});

describe("the limit on timers", () => {
  it("stops a guest at once that sets more, whatever it catches", async () => {
    const environment = await cell.load(
      `export const handler = async () => { for (;;) try { setTimeout(() => {}, 1e6); } catch {} };`,
      { limits: { timers: 500 } },
    );
    const { error, kill, reason } = await endOf(environment, null, 60_000);
    expect([reason, error.errorType]).toEqual(["timers", "Sandbox.LimitExceeded"]);
    expect(error.errorMessage).toBe("Error: limits.timers of 500 passed by 1, at 501");
    expect(kill).toMatchObject({ limit: "limits.timers", limitValue: 500, value: 501, unit: "timers" });
    expect(kill?.durationMs).toBeLessThan(60_000);
  });

  it("counts those that are set, not those that were", async () => {
    const environment = await cell.load(
      `export const handler = async () => {
        for (let i = 0; i < 50; i++) {
          const set = [];
          for (let j = 0; j < 100; j++) set.push(setTimeout(() => {}, 1e6));
          set.forEach(clearTimeout);
        }
        return "done";
      };`,
      { limits: { timers: 100 } },
    );
    expect(await cell.call(environment)).toBe("done");
  });

  it("holds during init", async () => {
    const [kind, , reason, , , , kill] = await cell.create(
      cell.define(`for (;;) setTimeout(() => {}, 1e6);`, { limits: { timers: 10 } }),
    );
    expect([kind, reason]).toEqual([ToHost.InitFailed, "timers"]);
    expect(readKillReport(String(kill))).toMatchObject({ limit: "limits.timers", value: 11 });
  });
});

describe("the limits on the log", () => {
  it.each([
    ["lines", `console.log("")`, { logLines: 20 }, "limits.logLines", 201],
    ["bytes", `console.log("x".repeat(999))`, { logBytes: 2_000 }, "limits.logBytes", 21_000],
  ] as const)(
    "drop %s beyond them, and end a flood of ten times as many",
    async (unit, log, limits, name, value) => {
      const environment = await cell.load(
        `export const handler = async () => { for (;;) try { ${log} } catch {} };`,
        { limits },
      );
      const { error, kill, reason } = await endOf(environment, null, 60_000);
      expect([reason, error.errorType]).toEqual(["logs", "Sandbox.LimitExceeded"]);
      expect(error.errorMessage).toContain(`${name} of `);
      expect(kill).toMatchObject({ limit: name, limitValue: Object.values(limits)[0], value, unit });
      const lines = cell.all(ToHost.Log).filter(([, id]) => id === environment);
      expect(lines.at(-1)?.[4]).toContain(`isolet: ${name}`);
      expect(lines.length).toBeLessThanOrEqual(21);
    },
  );
});

describe("an invocation that was killed", () => {
  it("over its deadline says where it was, what it asked last and what it logged last", async () => {
    const environment = await cell.load(`
      export const handler = async () => {
        for (let i = 1; i <= 7; i++) console.log("line " + i);
        crypto.randomUUID();
        (function busy() { for (;;); })();
      };`);
    const { outcome, kill, reason } = await endOf(environment, null, 100);
    expect([outcome, reason]).toEqual([2, "timeout"]);
    expect(kill).toMatchObject({
      limit: "timeoutMs",
      limitValue: 100,
      unit: "ms",
      lastHostCall: "random-uuid",
      logLines: ["line 3", "line 4", "line 5", "line 6", "line 7"],
    });
    expect(kill?.value).toBeGreaterThanOrEqual(99);
    expect(kill?.durationMs).toBe(kill?.value);
    expect(kill?.stack?.[0]).toContain("at busy (file:///var/task/index.js:");
    expect(kill?.stack?.every((line) => line.includes("/var/task/"))).toBe(true);
  });

  it("over its memory names the limit", async () => {
    const environment = await cell.load(
      `const kept = []; export const handler = async () => { for (;;) kept.push("x".repeat(1e5).split("")); };`,
      { memoryMb: 16 },
    );
    const { error, kill, reason, cpuMs } = await endOf(environment, null, 20_000);
    expect([reason, error.errorType]).toEqual(["memory", "Runtime.OutOfMemory"]);
    expect(kill).toMatchObject({ limit: "memoryMb", limitValue: 16, unit: "MB" });
    expect(kill?.value).toBeGreaterThanOrEqual(16);
    expect(cpuMs).toBeGreaterThan(0);
  });

  it("during init says so", async () => {
    const [, , reason, , , , kill] = await cell.create(cell.define(`for (;;);`), 100);
    expect(reason).toBe("timeout");
    expect(readKillReport(String(kill))).toMatchObject({ limit: "initTimeoutMs", limitValue: 100 });
  });

  it("not at all has no report", async () => {
    const environment = await cell.load(`export const handler = async () => { process.exit(3); };`);
    expect(await endOf(environment)).toMatchObject({ reason: "exit", kill: undefined });
    const failing = await cell.load(`export const handler = async () => { throw new Error("own"); };`);
    expect((await cell.invoke(failing))[9]).toBe("");
  });
});

describe("an environment whose heap is nearly full", () => {
  it("ends after its invocation, without failing anything, and leaves what waits to others", async () => {
    const environment = await cell.load(
      `let kept; export const handler = async () => { kept = new Array(7_700_000).fill(0.5); return kept.length; };`,
      { memoryMb: 64 },
    );
    const first = cell.send(environment);
    const second = cell.send(environment);
    expect((await cell.answerTo(first)).slice(3, 5)).toEqual([0, "7700000"]);
    const ended = await cell.next(ToHost.Ended, ([, id]) => id === environment);
    expect(ended.slice(2)).toEqual(["memory-soft", ""]);
    await cell.settled();
    expect(cell.all(ToHost.Done).some(([, , number]) => number === second)).toBe(false);
  });
});

describe("an error", () => {
  const HUGE = `"x".repeat(2 ** 29 - 24)`;

  it.each([
    ["a message", `throw new Error(${HUGE})`],
    ["a name", `throw Object.assign(new Error("m"), { name: ${HUGE} })`],
    ["a stack", `throw Object.assign(new Error("m"), { stack: "s\\n".repeat(1e6) })`],
    ["a text", `throw ${HUGE}`],
    ["what toString gives", `throw { toString: () => ${HUGE} }`],
    ["what a getter gives", `throw Object.defineProperty(new Error("m"), "message", { get: () => ${HUGE} })`],
    [
      "a chain of causes",
      `let e = new Error("m"); for (let i = 0; i < 1e5; i++) e = new Error("m", { cause: e }); throw e`,
    ],
  ])("with too large %s is bounded before it leaves the guest", async (_what, body) => {
    const environment = await cell.load(`export const handler = async () => { ${body} };`, {
      limits: { errorBytes: 1_000 },
      memoryMb: 64,
    });
    const [, , , outcome, text] = await cell.invoke(environment);
    expect(outcome).toBe(1);
    expect(text.length).toBeLessThan(13_000);
    // It was looked at without making it whole, and has cost the environment nothing.
    expect((await cell.invoke(environment))[3]).toBe(1);
  });

  it("is cut by bytes between characters", async () => {
    const environment = await cell.load(
      `export const handler = async () => { throw new Error("é€😀".repeat(1e4)) };`,
      { limits: { errorBytes: 1_000 } },
    );
    const [, , , , text] = await cell.invoke(environment);
    const { errorMessage } = JSON.parse(text) as { errorMessage: string };
    expect(Buffer.byteLength(errorMessage)).toBeLessThanOrEqual(1_001);
    expect(Buffer.byteLength(errorMessage)).toBeGreaterThan(990);
    expect(errorMessage.startsWith("é€😀é€😀")).toBe(true);
  });

  it("over a huge text as result names its size", async () => {
    const environment = await cell.load(`export const handler = async () => ${HUGE};`, { memoryMb: 64 });
    const [, , , outcome, text] = await cell.invoke(environment);
    expect(outcome).toBe(1);
    expect(text).toContain("Function.ResponseSizeTooLarge");
    expect(text).toContain("536870890 bytes");
  });
});

describe("a permission", () => {
  const TYPES = `export const handler = async () => [
    typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics.wait, typeof Atomics.waitAsync, typeof gc,
    new ArrayBuffer(1, { maxByteLength: 9 }).resizable ];`;

  it.each([
    [{}, ["undefined", "undefined", "undefined", "undefined", "undefined", false]],
    [{ wasm: true }, ["object", "undefined", "undefined", "undefined", "undefined", false]],
    [{ sharedArrayBuffer: true }, ["undefined", "function", "undefined", "undefined", "undefined", false]],
    [{ atomicsWait: true }, ["undefined", "undefined", "function", "function", "undefined", false]],
  ])("%j gives what it names and no more", async (permissions, types) => {
    expect(await cell.call(await cell.load(TYPES, { permissions }))).toEqual(types);
  });

  it("is there at the function's load, and works", async () => {
    const environment = await cell.load(
      `const memory = new WebAssembly.Memory({ initial: 1 });
      const shared = new Int32Array(new SharedArrayBuffer(8));
      export const handler = async () => [memory.buffer.byteLength, Atomics.wait(shared, 0, 1), Atomics.add(shared, 0, 2)];`,
      { permissions: { wasm: true, sharedArrayBuffer: true, atomicsWait: true } },
    );
    expect(await cell.call(environment)).toEqual([65_536, "not-equal", 0]);
  });
});
