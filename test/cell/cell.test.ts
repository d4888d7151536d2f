import { afterAll, describe, expect, it } from "vitest";
import { LOG_LINE_LIMIT } from "../../src/guest/contract.ts";
import { ToCell, ToHost } from "../../src/cell/protocol.ts";
import { CellUnderTest, LIMITS } from "./support.ts";

const cell = new CellUnderTest();
afterAll(() => cell[Symbol.asyncDispose]());

interface GuestFailure {
  readonly errorType: string;
  readonly errorMessage: string;
}

async function initFailure(
  source: string,
  options: Parameters<CellUnderTest["define"]>[1] = {},
  timeoutMs = 5_000,
): Promise<[reason: string, failure: GuestFailure]> {
  const message = await cell.create(cell.define(source, options), timeoutMs);
  if (message[0] !== ToHost.InitFailed) throw new Error("init succeeded");
  return [message[2], JSON.parse(message[3]) as GuestFailure];
}

/** How an invocation failed, and why its environment ended, if it did. */
async function failureOf(
  environment: number,
  timeoutMs = 300,
): Promise<[outcome: number, failure: GuestFailure | undefined, ended: string | undefined]> {
  const [, , , outcome, text] = await cell.invoke(environment, null, timeoutMs);
  await cell.settled();
  const ended = cell.all(ToHost.Ended).find(([, id]) => id === environment)?.[2];
  return [outcome, text === "" ? undefined : (JSON.parse(text) as GuestFailure), ended];
}

describe("init", () => {
  it("awaits at the top level, timers included", async () => {
    const environment = await cell.load(`
      const value = await new Promise((resolve) => setTimeout(() => resolve("late"), 20));
      export const handler = async () => value;
    `);
    expect(await cell.call(environment)).toBe("late");
  });

  it.each([
    ["export const handler = 1; throw new RangeError('top')", "init-error", "RangeError", "top"],
    [
      "await Promise.reject(new TypeError('awaited')); export const handler = 1",
      "init-error",
      "TypeError",
      "awaited",
    ],
    [
      "import x from 'no-such-package'; export const handler = x",
      "init-error",
      "Runtime.ImportModuleError",
      "no-such-package",
    ],
    [
      "import { nope } from 'node:buffer'; export const handler = nope",
      "init-error",
      "Runtime.UserCodeSyntaxError",
      "nope",
    ],
    ["export const other = 1", "init-error", "Runtime.HandlerNotFound", "handler"],
    ["process.exit(3)", "exit", "Runtime.ExitError", "exit status 3"],
    ["await new Promise(() => {}); export const handler = 1", "exit", "Runtime.ExitError", "exit status 13"],
  ])("of %j fails with %s", async (source, reason, errorType, words) => {
    const [given, failure] = await initFailure(source);
    expect([given, failure.errorType]).toEqual([reason, errorType]);
    expect(failure.errorMessage).toContain(words);
  });

  it("of code with a syntax error fails with Lambda's type for it", async () => {
    for (const format of ["esm", "commonjs"] as const) {
      const [, failure] = await initFailure("const a = ;", { format });
      expect(failure.errorType).toBe("Runtime.UserCodeSyntaxError");
    }
  });

  it("that overruns is ended", async () => {
    expect((await initFailure("for (;;) {}", {}, 100))[0]).toBe("timeout");
  });

  it("that takes too much memory is ended", async () => {
    const [reason, failure] = await initFailure("const a = []; for (;;) a.push('x'.repeat(1e4) + a.length)", {
      memoryMb: 16,
    });
    expect([reason, failure.errorType]).toEqual(["memory", "Runtime.OutOfMemory"]);
  });
});

describe("an invocation", () => {
  it("gets its event and context, and is answered once", async () => {
    const environment = await cell.load(
      "export const handler = async (event, context) => ({ event, id: context.awsRequestId })",
    );
    const number = cell.send(environment, { a: 1 });
    const [, id, , outcome, text] = await cell.answerTo(number);
    expect([id, outcome, JSON.parse(text)]).toEqual([
      environment,
      0,
      { event: { a: 1 }, id: `req-${number}` },
    ]);
    await cell.settled();
    expect(cell.all(ToHost.Done).filter((message) => message[2] === number)).toHaveLength(1);
  });

  it("is answered once, however often the handler's promise and callback say so", async () => {
    const environment = await cell.load(
      `exports.handler = (event, context, callback) => {
        callback(null, "first"); callback(null, "second"); context.succeed?.("third");
        return Promise.resolve("fourth");
      }`,
      { format: "commonjs", runtime: "nodejs22.x" },
    );
    const first = await cell.invoke(environment);
    const second = await cell.invoke(environment);
    await cell.settled();
    for (const [, , number] of [first, second]) {
      expect(cell.all(ToHost.Done).filter((message) => message[2] === number)).toHaveLength(1);
    }
    expect(cell.all(ToHost.Ended).some(([, id]) => id === environment)).toBe(false);
  });

  it.each([
    ["export const handler = async () => { throw new TypeError('mine') }", 1, "TypeError", undefined],
    ["export const handler = async () => { for (;;) {} }", 2, undefined, "timeout"],
    ["export const handler = async () => process.exit(0)", 1, "Runtime.ExitError", "exit"],
    [
      "export const handler = async () => { Promise.reject(new Error('x')); await new Promise((r) => setTimeout(r, 50)) }",
      1,
      "Runtime.UnhandledPromiseRejection",
      "unhandled-rejection",
    ],
    [
      "export const handler = () => new Promise(() => setTimeout(() => { throw new Error('timer') }, 1))",
      1,
      "Error",
      "uncaught-exception",
    ],
    [
      "export const handler = async () => { const a = []; for (;;) a.push('x'.repeat(1e4) + a.length) }",
      1,
      "Runtime.OutOfMemory",
      "memory",
    ],
  ])(
    "of %j is answered, and its environment ended where it must be",
    async (source, outcome, errorType, ended) => {
      const environment = await cell.load(source, { memoryMb: 16 });
      const [given, failure, reason] = await failureOf(environment, outcome === 2 ? 300 : 20_000);
      expect([given, reason]).toEqual([outcome, ended]);
      if (outcome === 2) return;
      if (errorType === "Error") expect(failure?.errorMessage).toContain("timer");
      else expect(failure?.errorType).toBe(errorType);
    },
  );

  it("sent to an environment that is gone is dropped, and the cell goes on", async () => {
    const environment = await cell.load("export const handler = async () => 1");
    cell.post([ToCell.Dispose, environment]);
    const number = cell.send(environment);
    await cell.settled();
    expect(cell.all(ToHost.Done).some((message) => message[2] === number)).toBe(false);
    expect(cell.all(ToHost.Ended).some(([, id]) => id === environment)).toBe(false);
  });
});

describe("timers", () => {
  it("stand still between invocations and go on with the next", async () => {
    const environment = await cell.load(`
      let ticks = 0;
      setInterval(() => ticks++, 1);
      export const handler = async (waitMs) => {
        const before = ticks;
        if (waitMs) await new Promise((resolve) => setTimeout(resolve, waitMs));
        return [before, ticks];
      };
    `);
    const [, first] = (await cell.call(environment, 30)) as [number, number];
    expect(first).toBeGreaterThan(0);
    // Time passes for the cell: another environment waits longer than the interval takes.
    const other = await cell.load(
      "export const handler = async () => new Promise((r) => setTimeout(r, 50, 1))",
    );
    await cell.call(other);
    const [second] = (await cell.call(environment, 0)) as [number, number];
    expect(second - first).toBeLessThanOrEqual(2);
    const [third, fourth] = (await cell.call(environment, 30)) as [number, number];
    expect(fourth).toBeGreaterThan(third);
  });
});

describe("log lines", () => {
  async function linesOf(body: string): Promise<[level: number, text: string][]> {
    const environment = await cell.load(`export const handler = async () => { ${body} }`);
    const [, , number] = await cell.invoke(environment);
    await cell.settled();
    return cell
      .all(ToHost.Log)
      .filter((message) => message[1] === environment && message[2] === number)
      .map(([, , , level, text]) => [level, text]);
  }

  it("come with their level and invocation, before its answer", async () => {
    expect(await linesOf("console.log('a'); console.error('b'); console.debug('c')")).toEqual([
      [2, "a"],
      [4, "b"],
      [1, "c"],
    ]);
  });

  it("of init have no invocation", async () => {
    const environment = await cell.load("console.log('early'); export const handler = async () => 1");
    const [line] = cell.all(ToHost.Log).filter((message) => message[1] === environment);
    expect(line?.slice(2, 5)).toEqual([0, 2, "early"]);
  });

  it("are cut at the limit of a line", async () => {
    const [line] = await linesOf(`console.log('x'.repeat(${LOG_LINE_LIMIT + 10}))`);
    expect(line?.[1]).toHaveLength(LOG_LINE_LIMIT);
  });

  it("stop at the limit of an invocation, which says so once", async () => {
    const lines = await linesOf(`for (let i = 0; i < 100; i++) console.log('x'.repeat(200_000))`);
    expect(lines.reduce((sum, [, text]) => sum + text.length, 0)).toBeLessThanOrEqual(LIMITS.logBytes + 200);
    expect(lines.filter(([, text]) => text.includes("isolet:"))).toHaveLength(1);
    expect(lines.at(-1)?.[1]).toContain(`limits.logBytes of ${LIMITS.logBytes} bytes`);
  });
});

describe("a cell", () => {
  it("loads parts of the runtime when they are first used, by import and by require", async () => {
    const esm = await cell.load(
      "import { Buffer } from 'node:buffer'; export const handler = async () => Buffer.from('hi').toString('hex')",
    );
    expect(await cell.call(esm)).toBe("6869");
    const commonjs = await cell.load(
      `const { setTimeout: wait } = require("node:timers/promises");
       exports.handler = async () => wait(1, new URL("http://x/y?z=1").searchParams.get("z"));`,
      { format: "commonjs" },
    );
    expect(await cell.call(commonjs)).toBe("1");
  });

  it("keeps environments of one version apart", async () => {
    const version = cell.define("let n = 0; export const handler = async () => ++n");
    const [first, second] = [await cell.create(version), await cell.create(version)];
    expect([await cell.call(first[1]), await cell.call(first[1]), await cell.call(second[1])]).toEqual([
      1, 2, 1,
    ]);
  });

  it("ends only those that overran their deadline when it is told to expire an environment", async () => {
    const environment = await cell.load(
      "export const handler = async (ms) => new Promise((r) => setTimeout(r, ms, ms))",
    );
    const number = cell.send(environment, 50, 5_000);
    cell.post([ToCell.Expire, environment]);
    const [, , , outcome, text] = await cell.answerTo(number);
    expect([outcome, text]).toEqual([0, "50"]);
  });

  it("makes environments ahead when asked to, and takes back what is not wanted", async () => {
    cell.post([ToCell.Prepare, 64, 2], [ToCell.Prepare, 64, 0], [ToCell.Prepare, 64, 1]);
    await cell.settled();
    const environment = await cell.load("export const handler = async () => 'ready'", { memoryMb: 64 });
    expect(await cell.call(environment)).toBe("ready");
  });
});
