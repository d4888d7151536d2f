/** Memory: on the heap, beside it, and in what the host keeps for the guest. */
import { attackMaker, EXIT, LIMIT, MEMORY, OK, TIMEOUT } from "../attack.ts";
import type { Attack } from "../attack.ts";

const { body } = attackMaker("memory");
/**
 * The limit, or the language's own refusal; near its limit a heap spends its time on collection. On Node 24 V8 gives up
 * rather, and its process with it.
 */
const FULL = [MEMORY, LIMIT, "RangeError", TIMEOUT, EXIT];
const KEEP = "const keep = [];";
const SHARED = { permissions: { sharedArrayBuffer: true } };
const WASM = { permissions: { wasm: true } };

export const memory: readonly Attack[] = [
  body("arrays", `${KEEP} for (;;) keep.push(new Array(1000).fill(0));`, FULL),
  body("objects", `${KEEP} for (let i = 0; ; i++) keep.push({ i, a: {}, b: {} });`, FULL),
  body("closures", `${KEEP} for (let i = 0; ; i++) keep.push(() => i);`, FULL),
  body("one huge array", "return new Array(2 ** 27).fill(1.5).length;", FULL),
  body("array that doubles", "let list = [1]; for (;;) list = list.concat(list);", FULL),
  body("sparse array", "const list = []; for (let i = 0; ; i += 1025) list[i % 4294967295] = i;", FULL),
  body("text that doubles", "let text = 'x'; for (;;) { text += text; text.charCodeAt(0); }", FULL),
  body("text repeated and flattened", "return encodeURIComponent('\\u00e4'.repeat(5e7)).length;", FULL),
  body("text split by the million", "return 'ab'.repeat(2e7).split('').length;", FULL),
  body("text replaced by the million", "return 'a'.repeat(3e7).replace(/a/g, () => 'bb').length;", FULL),
  body(
    "replacement that amplifies",
    "const text = 'a'.repeat(1e5); return text.replaceAll('a', text.slice(0, 5000)).length;",
    [...FULL, OK],
  ),
  body("matches by the million", "return [...'a'.repeat(2e7).matchAll(/a/g)].length;", FULL),
  body("symbols", `${KEEP} for (let i = 0; ; i++) keep.push(Symbol("s" + i));`, FULL),
  body("registered symbols", `for (let i = 0; ; i++) Symbol.for("a name that is kept " + i);`, FULL),
  body("property names", `const o = {}; for (let i = 0; ; i++) o["property " + i] = i;`, FULL),
  body("Map", "const map = new Map(); for (let i = 0; ; i++) map.set(i, {});", FULL),
  body("Set of texts", "const set = new Set(); for (let i = 0; ; i++) set.add('text ' + i);", FULL),
  body(
    "WeakMap with living keys",
    `${KEEP} const map = new WeakMap(); for (;;) { const key = {}; keep.push(key); map.set(key, {}); }`,
    FULL,
  ),
  body("pending promises", `${KEEP} for (;;) keep.push(new Promise(() => {}));`, FULL),
  body("promise reactions", "const never = new Promise(() => {}); for (;;) never.then(() => {});", FULL),
  body("microtasks", "for (;;) queueMicrotask(() => {});", FULL),
  body(
    "suspended generators",
    `${KEEP} function* g() { yield 1; } for (;;) { const i = g(); i.next(); keep.push(i); }`,
    FULL,
  ),
  body(
    "classes with fields",
    `${KEEP} for (;;) keep.push(class { a = [1]; static b = new Array(100); });`,
    FULL,
  ),
  body(
    "getters",
    "const o = {}; for (let i = 0; ; i++) Object.defineProperty(o, 'g' + i, { get: () => i, configurable: true });",
    FULL,
  ),
  body(
    "stacks of errors",
    `${KEEP} Error.stackTraceLimit = 200; const deep = (n) => n ? deep(n - 1) : keep.push(new Error("e").stack); for (;;) deep(150);`,
    FULL,
  ),
  body(
    "functions out of text",
    `${KEEP} for (let i = 0; ; i++) keep.push(new Function("return " + i));`,
    FULL,
  ),
  body(
    "regular expressions",
    `${KEEP} for (let i = 0; ; i++) { const r = new RegExp("(a|b)*c" + i); r.exec("abab"); keep.push(r); }`,
    FULL,
  ),
  body("proxies", `${KEEP} let p = {}; for (;;) { p = new Proxy(p, {}); keep.push(p); }`, FULL),
  body("BigInts", `${KEEP} for (let i = 1n; ; i++) keep.push(2n ** 100000n + i);`, FULL),
  body("one huge BigInt", "let x = 1n; for (;;) x <<= 1000000n;", FULL),
  body("result of JSON.parse", "return JSON.parse('[' + '{},'.repeat(3e6) + '1]').length;", FULL),
  body(
    "structuredClone that amplifies",
    `${KEEP} const part = new Array(1000).fill(1.5); for (;;) keep.push(structuredClone(part));`,
    FULL,
  ),
  body("many small buffers", `${KEEP} for (;;) keep.push(new Uint8Array(1024));`, FULL),
  body("larger buffers, written to", `${KEEP} for (;;) keep.push(new Uint8Array(1048576).fill(1));`, FULL),
  body("one huge buffer", "return new Uint8Array(1.5e9).fill(1).length;", FULL),
  body("buffers that come and go", "for (;;) new Uint8Array(16777216).fill(1);", FULL),
  body(
    "resizable buffer",
    "const b = new ArrayBuffer(8, { maxByteLength: 1e9 }); b.resize(1e9); new Uint8Array(b).fill(1); return b.byteLength;",
    [...FULL, "TypeError"],
  ),
  body(
    "resizable buffer by another realm's hand",
    "const B = Object.getPrototypeOf(new ArrayBuffer(1)).constructor; const b = Reflect.construct(B, [8, { maxByteLength: 1e9 }]); b.resize(1e9); return new Uint8Array(b).fill(1).length;",
    [...FULL, "TypeError"],
  ),
  body(
    "buffers grown by transfer",
    `${KEEP} for (;;) { const b = new ArrayBuffer(8); keep.push(new Uint8Array(b.transfer(8388608)).fill(1)); }`,
    FULL,
  ),
  body("Node's Buffers", `${KEEP} for (;;) keep.push(Buffer.alloc(1048576, 1));`, FULL),
  body(
    "encoded text",
    `${KEEP} const text = "x".repeat(1e6); for (;;) keep.push(new TextEncoder().encode(text));`,
    FULL,
  ),
  body(
    "Intl objects",
    `${KEEP} for (let i = 0; ; i++) { const f = new Intl.DateTimeFormat("en-u-nu-" + ["latn", "arab"][i % 2], { dateStyle: "full" }); f.format(); keep.push(f); }`,
    FULL,
  ),
  body(
    "Intl.Segmenter's copies",
    `${KEEP} const text = "\\u00e4x ".repeat(300000); for (;;) keep.push(new Intl.Segmenter("en").segment(text)[Symbol.iterator]());`,
    FULL,
  ),
  body("console.log of large texts", "const text = 'x'.repeat(200000); for (;;) console.log(text);", [
    ...FULL,
    LIMIT,
  ]),
  body(
    "console.log of large objects",
    "const list = new Array(1e5).fill({ a: 1 }); for (;;) console.log(JSON.stringify(list), list);",
    FULL,
  ),
  body(
    "shared buffers, granted",
    `${KEEP} for (;;) keep.push(new Uint8Array(new SharedArrayBuffer(4194304)).fill(1));`,
    FULL,
    SHARED,
  ),
  body(
    "growable shared buffer, granted",
    "const b = new SharedArrayBuffer(8, { maxByteLength: 1e9 }); b.grow(1e9); new Uint8Array(b).fill(1); return b.byteLength;",
    [...FULL, "TypeError"],
    SHARED,
  ),
  body(
    "WebAssembly.Memory, granted",
    "const m = new WebAssembly.Memory({ initial: 1, maximum: 32768 }); for (;;) { m.grow(64); new Uint8Array(m.buffer).fill(1); }",
    FULL,
    WASM,
  ),
  body(
    "WebAssembly.Memory by the dozen, granted",
    `${KEEP} for (;;) { const m = new WebAssembly.Memory({ initial: 160 }); new Uint8Array(m.buffer).fill(1); keep.push(m); }`,
    FULL,
    WASM,
  ),
];
