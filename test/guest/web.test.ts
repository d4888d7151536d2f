import { afterAll, describe, expect, it } from "vitest";
import { both, Guest } from "./support/guest.ts";

const guest = new Guest();
afterAll(() => guest[Symbol.dispose]());

describe("structuredClone", () => {
  const show = `((value) => {
    const seen = new Map();
    const walk = (v) => {
      if (typeof v === "bigint") return v + "n";
      if (typeof v === "number") return Object.is(v, -0) ? "-0" : String(v);
      if (typeof v !== "object" || v === null) return String(v);
      if (seen.has(v)) return "#" + seen.get(v);
      seen.set(v, seen.size);
      const tag = Object.prototype.toString.call(v).slice(8, -1);
      const proto = Object.getPrototypeOf(v)?.constructor?.name;
      if (tag === "Map") return [tag, [...v].map(([k, x]) => [walk(k), walk(x)])];
      if (tag === "Set") return [tag, [...v].map(walk)];
      if (tag === "Date") return [tag, +v];
      if (tag === "RegExp") return [tag, String(v), v.lastIndex];
      if (tag === "Error") return [tag, proto, v.name, v.message, "cause" in v, walk(v.cause)];
      if (tag === "ArrayBuffer") return [tag, [...new Uint8Array(v)]];
      if (ArrayBuffer.isView(v)) return [tag, v.byteOffset, v.byteLength, walk(v.buffer)];
      if (["Number", "String", "Boolean", "BigInt"].includes(tag)) return [tag, String(v.valueOf())];
      return [tag, proto, v.length, Object.keys(v).map((k) => [k, walk(v[k])])];
    };
    return walk(value);
  })`;

  it.each([
    ...[
      `1`,
      `-0`,
      `NaN`,
      `"text"`,
      `null`,
      `undefined`,
      `true`,
      `10n`,
      `{ a: { b: [1, , 3] }, c: undefined }`,
    ],
    ...[
      `new Date(5)`,
      `new Date(NaN)`,
      `/a/gi`,
      `new Map([[{}, new Set([1])]])`,
      `Object(1n)`,
      `Object("s")`,
      `Object(false)`,
    ],
    ...[
      `(() => { const o = { list: [] }; o.self = o; o.list.push(o.list); return o; })()`,
      `new Uint8Array([1, 2, 3])`,
    ],
    ...[
      `new Uint8Array([1, 2, 3, 4]).subarray(1, 3)`,
      `new DataView(new ArrayBuffer(4), 1, 2)`,
      `new ArrayBuffer(3)`,
    ],
    ...[
      `new TypeError("bad", { cause: { a: 1 } })`,
      `Object.assign(new Error("e"), { extra: 1 })`,
      `new Error()`,
    ],
    ...[
      `new (class Point { x = 1; #p = 2 })()`,
      `Object.create({ inherited: 1 })`,
      `Object.assign([1], { extra: 2 })`,
    ],
    ...[
      `() => 1`,
      `Symbol("s")`,
      `{ f() {} }`,
      `new WeakMap()`,
      `Promise.resolve()`,
      `{ get a() { return 1; } }`,
    ],
    ...[
      `new BigInt64Array([1n])`,
      `new Float32Array([1.5])`,
      `new RangeError("r")`,
      `{ __proto__: null, a: 1 }`,
    ],
    ...[
      `Object.assign(new Error("m"), { name: "Custom" })`,
      `[new Uint8Array([1, 2]), 0].map((v, i, all) => all[0])`,
    ],
  ])("of %s is as in Node", (value) => {
    const result = both(guest, `${show}(structuredClone(${value}))`);
    delete (result.node as { code?: unknown }).code;
    delete (result.guest as { code?: unknown }).code;
    expect(result.guest).toEqual(result.node);
  });

  it("transfers buffers", () => {
    const code = `((b) => [structuredClone(b, { transfer: [b] }).byteLength, b.byteLength, b.detached])(new ArrayBuffer(4))`;
    const result = both(guest, code);
    expect(result.guest).toEqual(result.node);
  });

  it("needs a value, and throws a DataCloneError for what has no clone", () => {
    expect(guest.run(`try { structuredClone() } catch (e) { e.code }`)).toBe("ERR_MISSING_ARGS");
    expect(
      guest.run(
        `try { structuredClone(() => 1) } catch (e) { [e.name, e.code, e instanceof DOMException].join() }`,
      ),
    ).toBe("DataCloneError,25,true");
  });
});

describe("DOMException", () => {
  it.each([
    `((e) => [e.name, e.message, e.code, e instanceof Error, String(e)])(new DOMException("m", "AbortError"))`,
    `((e) => [e.name, e.message, e.code])(new DOMException())`,
    `((e) => [e.name, e.cause, e.code])(new DOMException("m", { name: "DataCloneError", cause: 5 }))`,
    `[DOMException.ABORT_ERR, DOMException.prototype.DATA_CLONE_ERR, DOMException.URL_MISMATCH_ERR, DOMException.name]`,
    `[DOMException.INUSE_ATTRIBUTE_ERR, DOMException.INDEX_SIZE_ERR, DOMException.QUOTA_EXCEEDED_ERR]`,
    `Object.prototype.toString.call(new DOMException())`,
    `new DOMException("m", "AbortError").stack.split("\\n")[0]`,
  ])("%s is as in Node", (expression) => {
    const result = both(guest, expression);
    expect(result.guest).toEqual(result.node);
  });
});

describe("events and signals", () => {
  it.each([
    `((c, o) => { c.signal.addEventListener("abort", (e) => o.push(e.type, e.target === c.signal)); c.signal.onabort = () => o.push("on");
      c.abort(); c.abort(); return [...o, c.signal.aborted, c.signal.reason.name]; })(new AbortController(), [])`,
    `((c) => { c.abort(new RangeError("why")); c.signal.throwIfAborted(); })(new AbortController())`,
    `[AbortSignal.abort(5).reason, AbortSignal.abort().reason.message, AbortSignal.any([AbortSignal.abort(1)]).reason]`,
    `new AbortSignal()`,
    `[new AbortController().signal instanceof EventTarget, Object.prototype.toString.call(new AbortController().signal), AbortSignal.name]`,
    `((t, o) => { const f = (e) => o.push(e.type, e.detail); t.addEventListener("x", f, { once: true }); t.addEventListener("y", { handleEvent: f });
      t.dispatchEvent(new CustomEvent("x", { detail: 1 })); t.dispatchEvent(new Event("x")); t.dispatchEvent(new Event("y"));
      t.removeEventListener("y", f); return o; })(new EventTarget(), [])`,
    `((t) => { t.addEventListener("x", (e) => e.preventDefault()); return [t.dispatchEvent(new Event("x", { cancelable: true })), t.dispatchEvent(new Event("x"))]; })(new EventTarget())`,
    `((t, o) => { t.addEventListener("x", (e) => { o.push(1); e.stopImmediatePropagation(); }); t.addEventListener("x", () => o.push(2));
      t.dispatchEvent(new Event("x")); return o; })(new (class extends EventTarget {})(), [])`,
  ])("%s is as in Node", (expression) => {
    const result = both(guest, expression);
    expect(result.guest).toEqual(result.node);
  });

  it("keep the first reason, which Node 24 does not", () => {
    const reason = guest.run(
      `((a, b) => { const s = AbortSignal.any([a.signal, b.signal]); b.abort("b"); a.abort("a"); return s.reason; })(new AbortController(), new AbortController())`,
    );
    expect(reason).toBe("b");
  });

  it("time out by an unref'ed timer", () => {
    using fresh = new Guest();
    fresh.run("globalThis.s = AbortSignal.timeout(50)");
    expect(fresh.timers()).toEqual([{ id: 1, delayMs: 50 }]);
    expect(fresh.call("pendingTimers")).toBe(0);
    fresh.fireAll();
    expect(fresh.json("[s.aborted, s.reason.name]")).toEqual([true, "TimeoutError"]);
  });

  it("report what a listener throws, and go on", () => {
    using fresh = new Guest();
    fresh.run(`const t = new EventTarget(); globalThis.ran = 0;
      t.addEventListener("x", () => { throw new Error("in listener") }); t.addEventListener("x", () => ran++);
      t.dispatchEvent(new Event("x"))`);
    expect(fresh.uncaught()).toEqual(["Error: in listener"]);
    expect(fresh.json("ran")).toBe(1);
  });
});
