import { afterAll, describe, expect, it } from "vitest";
import { ToHost } from "../../src/cell/protocol.ts";
import { CellUnderTest } from "./support.ts";

const cell = new CellUnderTest();
afterAll(() => cell[Symbol.asyncDispose]());

/** What a guest must never see of its host. */
const HOST = /dist\/|node_modules|node:|file:\/\/(?!\/var\/task)|src\/cell|CellUnderTest|worker/;

const LEGACY = { format: "commonjs", runtime: "nodejs22.x" } as const;

describe("a guest whose recursion leaves no stack", () => {
  it.each([
    ["a log line", `console.log("deep")`],
    ["a timer", `clearTimeout(setTimeout(() => {}, 1e6))`],
    ["random bytes", `crypto.getRandomValues(new Uint8Array(1))`],
    ["a URL", `new URL("http://a.b/")`],
    ["the time", `performance.now()`],
  ])("gets an error of its own for %s, without a word of the host", async (_what, act) => {
    const environment = await cell.load(
      `${act}; const seen = new Set(); let foreign = 0;
      function f() {
        try { ${act}; } catch (error) {
          if (!(error instanceof RangeError) || error.constructor !== RangeError) foreign++;
          seen.add(error.message); seen.add(String(error.stack));
        }
        f();
      }
      export const handler = async () => {
        try { f(); } catch {}
        return [[...seen].join("\\n"), foreign];
      };`,
      { limits: { logLines: 10_000_000, logBytes: 1_073_741_824 } },
    );
    const [seen, foreign] = (await cell.call(environment)) as [string, number];
    expect(seen).toMatch(/^$|Maximum call stack size exceeded/);
    expect(seen).not.toMatch(HOST);
    expect(foreign).toBe(0);
    // It still runs.
    expect(await cell.call(environment)).toHaveLength(2);
  });

  it("can complete from there, once and in good order", async () => {
    const environment = await cell.load(
      `exports.handler = (event, context, callback) => {
        let depth = 0;
        (function f() { depth++; try { f(); } catch {} callback(null, "deep"); })();
      };`,
      LEGACY,
    );
    for (let index = 0; index < 3; index++) expect(await cell.call(environment)).toBe("deep");
  });
});

describe("what an earlier invocation has kept", () => {
  const KEEPS = `
    const kept = [];
    exports.handler = (event, context, callback) => {
      for (const act of kept) act();
      const say = (value) => [() => callback(null, value), () => context.succeed(value), () => context.done(null, value),
        () => context.fail(new Error(value)), () => callback(new Error(value))];
      if (event.keep) kept.push(...say("of " + event.n));
      if (event.keep) for (const act of say("late " + event.n)) setTimeout(act, 0);
      setTimeout(() => callback(null, { n: event.n, id: context.awsRequestId }), event.keep ? 0 : 20);
      context.callbackWaitsForEmptyEventLoop = false;
    };`;

  it("completes no later one: callbacks, context methods, timers left over", async () => {
    const environment = await cell.load(KEEPS, LEGACY);
    const numbers = [];
    for (let n = 0; n < 5; n++) numbers.push(cell.send(environment, { n, keep: n < 3 }));
    for (const [n, number] of numbers.entries()) {
      const [, , , outcome, text] = await cell.answerTo(number);
      const given = JSON.parse(text) as { n?: number; id?: string };
      if (n < 3) expect(text).toContain(String(n));
      else expect([outcome, given]).toEqual([0, { n, id: `req-${number}` }]);
    }
    await cell.settled();
    for (const number of numbers)
      expect(cell.all(ToHost.Done).filter((message) => message[2] === number)).toHaveLength(1);
    expect(cell.all(ToHost.Ended).some(([, id]) => id === environment)).toBe(false);
  });

  it("as a promise's resolve settles only the invocation that it is of", async () => {
    const environment = await cell.load(
      `let before;
      export const handler = (event) => {
        const { promise, resolve } = Promise.withResolvers();
        before?.("late " + event);
        before = resolve;
        setTimeout(resolve, 1, event);
        return promise;
      };`,
    );
    for (let n = 0; n < 4; n++) expect(await cell.call(environment, n)).toBe(n);
  });
});

/** What invocations are about, checked after an invocation has done its damage; the results are the guest's own. */
describe("a guest that damaged the language", () => {
  const DAMAGE: readonly (readonly [string, string])[] = [
    [
      "Error.prepareStackTrace",
      `Error.prepareStackTrace = (e, sites) => { for (const s of sites) steal(s.getThis?.(), s.getFunction?.()); return "x"; }; Error.stackTraceLimit = 1e6;`,
    ],
    ["Error.stackTraceLimit", `Object.defineProperty(Error, "stackTraceLimit", { get() { throw 1; } });`],
    [
      "Symbol.toPrimitive on texts and numbers",
      `String.prototype[Symbol.toPrimitive] = Number.prototype[Symbol.toPrimitive] = () => 0;`,
    ],
    [
      "Object.prototype.then",
      `Object.prototype.then = function (resolve) { steal(this); resolve("stolen"); };`,
    ],
    [
      "a species that keeps what it is given",
      `Promise[Symbol.species]; Object.defineProperty(Promise.prototype, "constructor", { get() { return class { constructor(run) { run((v) => steal(v), () => {}); } static get [Symbol.species]() { return this; } }; } });`,
    ],
    [
      "setters for everything",
      `for (const key of ["number", "isFinished", "previous", "next", "waiting", "mustSettle", "kind", "text", "send", "host", "call", "succeed", "fail", "callback", "length", "push", 0, 1, 2]) Object.defineProperty(Object.prototype, key, { configurable: true, set(v) { steal(this, v); }, get() { steal(this); return undefined; } });`,
    ],
    [
      "functions' call, apply and bind",
      `for (const key of ["call", "apply", "bind"]) Function.prototype[key] = function (...args) { steal(this, ...args); };`,
    ],
    [
      "a proxy as global prototype",
      `Object.setPrototypeOf(globalThis, new Proxy({}, { get(t, k, r) { steal(r); }, has() { return false; } }));`,
    ],
    [
      "Reflect and Object functions",
      `for (const o of [Reflect, Object]) for (const k of Object.getOwnPropertyNames(o)) if (typeof o[k] === "function" && k !== "getOwnPropertyNames") o[k] = (...a) => { steal(...a); };`,
    ],
    [
      "Function.prototype.caller and arguments",
      `Object.defineProperty(Function.prototype, "caller", { get() { steal(this); } });`,
    ],
  ];

  it.each(DAMAGE)("by %s gets no hold of the runtime and of no other invocation", async (_what, damage) => {
    const environment = await cell.load(
      `const stolen = [], { defineProperty } = Object;
      const steal = (...values) => {
        for (let i = 0; i < values.length; i++)
          defineProperty(stolen, stolen.length, { __proto__: null, value: values[i], writable: true, configurable: true });
      };
      const { getOwnPropertyNames, getPrototypeOf } = Object, { map } = Array.prototype;
      const stringify = JSON.stringify;
      const FIELDS = ["number", "mustSettle", "previous"];
      // Whatever is of the runtime: an invocation in its ring, the port to the cell, the facts.
      const suspicious = (v) => {
        if ((typeof v !== "object" && typeof v !== "function") || v === null) return false;
        let names; try { names = getOwnPropertyNames(v); } catch { return false; }
        for (let i = 0; i < names.length; i++)
          for (const wanted of ["mustSettle", "previous", "send", "ask", "responseLimitBytes", "isExitUnwind"]) if (names[i] === wanted) return true;
        return false;
      };
      export const handler = async (event, context) => {
        if (event.damage) { ${damage} return { id: context.awsRequestId, stolen: 0 }; }
        try { null.x; } catch (error) { String(error.stack); }
        let found = 0; for (let i = 0; i < stolen.length; i++) if (suspicious(stolen[i])) found++;
        if (event.fail) throw new RangeError("own");
        return { __proto__: null, id: context.awsRequestId, left: context.getRemainingTimeInMillis() > 4_000, found };
      };`,
    );
    const first = cell.send(environment, { damage: true });
    await cell.answerTo(first);
    const number = cell.send(environment, {});
    const [, , , outcome, text] = await cell.answerTo(number);
    const failing = cell.send(environment, { fail: true });
    const failed = await cell.answerTo(failing);
    expect([outcome, failed[3]], text).toEqual([0, 1]);
    // A thenable is its function's own result.
    if (!damage.includes(".then ="))
      expect(JSON.parse(text)).toEqual({ id: `req-${number}`, left: true, found: 0 });
    expect(failed[4]).toContain("own");
    await cell.settled();
    for (const one of [first, number, failing])
      expect(cell.all(ToHost.Done).filter((message) => message[2] === one)).toHaveLength(1);
    expect(cell.all(ToHost.Ended).some(([, id]) => id === environment)).toBe(false);
  });
});

describe("what is thrown out of a guest", () => {
  it.each([
    ["an object", `Promise.reject({ a: 1 })`],
    ["an object that is no error", `Promise.reject({ toString() { throw 1; } })`],
    ["a function", `Promise.reject(() => {})`],
    ["a text", `Promise.reject("plain")`],
    ["an error without a stack", `const e = new Error("own"); delete e.stack; Promise.reject(e)`],
    ["an error with a stack of its own", `const e = new Error("own"); e.stack = "mine"; Promise.reject(e)`],
  ])("as a rejection of %s that nobody handles tells nothing of the cell", async (_what, act) => {
    const environment = await cell.load(
      `export const handler = async () => { ${act}; await new Promise(() => {}); };`,
    );
    const [, , , outcome, text] = await cell.invoke(environment);
    expect(outcome).toBe(1);
    expect(text).toContain("Runtime.UnhandledPromiseRejection");
    expect(text).not.toMatch(HOST);
  });

  it.each([
    `throw {}`,
    `throw null`,
    `throw "text"`,
    `await Promise.reject({})`,
    `import "no-such-thing"`,
    `let x; let x;`,
  ])("as %s at the load of a module tells nothing of the cell", async (source) => {
    const [, , , text] = await cell.create(cell.define(source));
    expect(String(text)).toMatch(/errorType/);
    expect(String(text)).not.toMatch(HOST);
  });
});

describe("ways to memory that isn't counted", () => {
  it.each([
    `new ArrayBuffer(1, { maxByteLength: 9 })`,
    `new (new ArrayBuffer(1)).constructor(1, { maxByteLength: 9 })`,
    `new (new Uint8Array(1)).buffer.constructor(1, { maxByteLength: 9 })`,
    `new DataView(new ArrayBuffer(1)).buffer.constructor.prototype.constructor(1)`,
    `new (class extends ArrayBuffer {})(1, { maxByteLength: 9 })`,
    `Reflect.construct(ArrayBuffer, [1, { maxByteLength: 9 }])`,
    `Reflect.construct(ArrayBuffer, [1, { maxByteLength: 9 }], Uint8Array)`,
    `new ArrayBuffer(1, { maxByteLength: 9 }).transfer(4)`,
    `structuredClone(new ArrayBuffer(1, { maxByteLength: 9 }))`,
    `Function("return new ArrayBuffer(1, { maxByteLength: 9 })")()`,
    `(0, eval)("new ArrayBuffer(1, { maxByteLength: 9 })")`,
    `new (Object.getPrototypeOf(Object.getPrototypeOf(new (class extends ArrayBuffer {})(1))).constructor)(1, { maxByteLength: 9 })`,
  ])("%s gives no buffer that grows", async (expression) => {
    const environment = await cell.load(
      `
      const { get } = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "resizable");
      export const handler = async () => {
        try { return get.call(${expression}); } catch (error) { return error.constructor.name; }
      };`,
      { permissions: { eval: true } },
    );
    expect(await cell.call(environment)).toBeOneOf([false, "TypeError"]);
  });

  it.each([
    ["large buffers", `new ArrayBuffer(1e6)`],
    ["transferred buffers", `new ArrayBuffer(1).transfer(1e6)`],
    ["slices", `new Uint8Array(1e6).slice()`],
    // Where the language has it, from V8 14 on.
    ["decoded bytes", `(Uint8Array.fromHex?.("00".repeat(1e5)) ?? new Uint8Array(1e5))`],
  ])("%s count against the memory limit", async (_what, make) => {
    const environment = await cell.load(
      `const kept = [];
      export const handler = async () => {
        let bytes = 0;
        try { while (bytes < 4e8) { const made = ${make}; kept.push(made); bytes += made.byteLength; } }
        catch (error) { return [bytes, error.name]; }
        return [bytes, "none"];
      };`,
      { memoryMb: 32 },
    );
    const [, , , outcome, text] = await cell.invoke(environment, null, 20_000);
    if (outcome === 1) expect(text).toContain("Runtime.OutOfMemory");
    else expect(JSON.parse(text)).toEqual([expect.toSatisfy((bytes: number) => bytes < 64e6), "RangeError"]);
  });
});
