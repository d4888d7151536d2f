/** Init: a sample of all the others while the module loads. */
import { attackMaker, EXIT, LIMIT, MEMORY, OK, TIMEOUT, UNHANDLED } from "../attack.ts";
import type { Attack } from "../attack.ts";

const { module } = attackMaker("init");
const HANDLER = "export const handler = async () => 1;";
const ENDS = [TIMEOUT, LIMIT];
const FULL = [MEMORY, LIMIT, "RangeError", TIMEOUT];
const esm = (name: string, code: string, expect: readonly string[], extra = {}): Attack =>
  module(name, `${code}\n${HANDLER}`, expect, extra);
const commonJs = (name: string, code: string, expect: readonly string[], extra = {}): Attack =>
  module(`${name}, CommonJS`, `${code}\nexports.handler = async () => 1;`, expect, extra);

export const init: readonly Attack[] = [
  esm("endless loop", "for (;;);", ENDS),
  commonJs("endless loop", "for (;;);", ENDS),
  esm("top-level await in a loop", "for (;;) await null;", ENDS),
  esm("top-level await that never ends", "await new Promise(() => {});", [EXIT]),
  esm("top-level await beside a timer", "await new Promise(() => { setInterval(() => {}, 10); });", ENDS),
  esm(
    "top-level await of a loop in a timer",
    "await new Promise(() => { setTimeout(() => { for (;;); }, 1); });",
    ENDS,
  ),
  esm("native loop", "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);", ENDS),
  commonJs("native loop", "Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1);", ENDS),
  esm("regular expression", `/^(a+)+$/.test("a".repeat(50) + "!");`, ENDS),
  esm(
    "search for a needle that almost matches",
    `const half = "a".repeat(400000); (half + half).lastIndexOf(half + "b");`,
    ENDS,
  ),
  esm("BigInt power", "globalThis.x = (3n ** 40000000n) % 10n;", [...ENDS, MEMORY, "RangeError"]),
  esm("arrays", "const keep = []; for (;;) keep.push(new Array(1000).fill(0));", FULL),
  commonJs("buffers", "const keep = []; for (;;) keep.push(new Uint8Array(1048576).fill(1));", FULL),
  esm("text that doubles", "let text = 'x'; for (;;) { text += text; text.charCodeAt(0); }", FULL),
  esm("text split by the million", "globalThis.x = 'ab'.repeat(2e7).split('');", FULL),
  esm("recursion", "const f = () => f() + 1; f();", ["RangeError"]),
  esm(
    "eval at depth",
    `const dig = () => { try { dig(); } catch {} try { eval("[1]"); } catch {} }; dig();`,
    [OK, TIMEOUT, "RangeError"],
  ),
  esm("error with a message of 500 MB", "throw new Error('x'.repeat(500000000));", [
    "Error",
    MEMORY,
    LIMIT,
    "RangeError",
    TIMEOUT,
  ]),
  esm("proxy thrown", "throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 1; } });", [
    "handled",
    "object",
    "Error",
    UNHANDLED,
  ]),
  commonJs("null thrown", "throw null;", ["object"]),
  esm("process.exit", "process.exit(3);", [EXIT]),
  commonJs("process.exit caught", "for (;;) try { process.exit(3); } catch {}", [EXIT, ...ENDS]),
  esm("rejection that nobody handles", "Promise.reject(new Error('x'));", [UNHANDLED, "Error"]),
  esm(
    "error in a timer",
    "setTimeout(() => { throw new TypeError('x'); }, 0); await new Promise((go) => setTimeout(go, 20));",
    ["TypeError"],
  ),
  esm("flood of log lines", "for (let i = 0; ; i++) console.log('line', i);", ENDS),
  esm("flood of timers", "for (;;) setTimeout(() => {}, 1e6);", [...ENDS, "Error", "RangeError", MEMORY]),
  esm(
    "language replaced",
    "JSON.stringify = () => '1'; globalThis.Promise = undefined; Object.defineProperty(Object.prototype, 'handler', { get() { return () => 'evil'; } }); Array.prototype.push = () => { throw 1; };",
    [OK],
    { returns: 1 },
  ),
  module(
    "handler that is a getter that loops",
    "exports.x = 1; Object.defineProperty(exports, 'handler', { enumerable: true, get() { for (;;); } });",
    ENDS,
  ),
  module(
    "exports that are a proxy",
    "module.exports = new Proxy({}, { get(_, key) { if (key === 'handler') { for (;;); } } });",
    ENDS,
  ),
  module(
    "handler that is a proxy",
    "exports.handler = new Proxy(async () => 1, { apply() { for (;;); } });",
    ENDS,
  ),
  module(
    "handler whose length loops",
    "exports.handler = Object.defineProperty(async () => 1, 'length', { get() { for (;;); } });",
    ENDS,
  ),
  module(
    "exports in a cycle",
    "module.exports = module; module.module = module; module.exports.handler = async () => require === module.require;",
    [OK],
  ),
  module(
    "export named then",
    "export const then = (go) => go({ handler: async () => 'evil' }); export const handler = async () => 1;",
    [OK],
    { returns: 1 },
  ),
  module(
    "source nested deeply",
    `export const handler = async () => ${"(".repeat(50_000)}1${")".repeat(50_000)};`,
    ["refused:INVALID_CODE", "RangeError", "Runtime.UserCodeSyntaxError"],
  ),
  module("source of two million statements", `${"a=b;".repeat(500_000)}\nexports.handler = async () => 1;`, [
    "ReferenceError",
    ...FULL,
  ]),
  module("source that breaks out of its wrapper", `}); for (;;); (() => { exports.handler = async () => 1;`, [
    "refused:INVALID_CODE",
    "Runtime.UserCodeSyntaxError",
    TIMEOUT,
  ]),
];
