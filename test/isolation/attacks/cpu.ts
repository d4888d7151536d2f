/** CPU: loops in every place user code can run, and native code that runs for long. */
import { attackMaker, EXIT, LIMIT, MEMORY, OK, TIMEOUT } from "../attack.ts";
import type { Attack } from "../attack.ts";

const { body, module } = attackMaker("cpu");
const SPIN = "for (;;);";
const ENDS = [TIMEOUT, LIMIT];
/** What asks for so much of the heap besides that either limit may be first. */
const ENDS_OR_FILLS = [TIMEOUT, LIMIT, MEMORY, "RangeError"];
const FOREVER = "await new Promise(() => {});";

const LOOPS: readonly Attack[] = [
  body("endless loop", SPIN, ENDS),
  body("labelled loops", "outer: for (;;) for (let i = 0; ; i++) if (i > 9) continue outer;", ENDS),
  body("loop around try and finally", "for (;;) try { throw 1; } catch {} finally { continue; }", ENDS),
  body("getter", `return ({ get x() { ${SPIN} } }).x;`, ENDS),
  body("toString", `return String({ toString() { ${SPIN} } });`, ENDS),
  body("Symbol.toPrimitive", `return +{ [Symbol.toPrimitive]() { ${SPIN} } };`, ENDS),
  body("toJSON of the result", `return { toJSON() { ${SPIN} } };`, ENDS),
  body("proxy trap under JSON.stringify", `return new Proxy({}, { ownKeys() { ${SPIN} } });`, ENDS),
  body("generator", "function* g() { for (;;) yield 1; } for (const _ of g());", ENDS),
  body("async generator", "async function* g() { for (;;) yield 1; } for await (const _ of g());", ENDS),
  body("awaiting for ever", "for (;;) await null;", ENDS),
  body("promise reactions", `const next = () => { Promise.resolve().then(next); }; next(); ${FOREVER}`, ENDS),
  body("queueMicrotask", `const next = () => queueMicrotask(next); next(); ${FOREVER}`, ENDS),
  body("process.nextTick", `const next = () => process.nextTick(next); next(); ${FOREVER}`, ENDS),
  body("setImmediate", `const next = () => setImmediate(next); next(); ${FOREVER}`, ENDS),
  body("setTimeout of 0", `const next = () => setTimeout(next, 0); next(); ${FOREVER}`, ENDS),
  body("loop in a timer", `setTimeout(() => { ${SPIN} }, 1); ${FOREVER}`, ENDS),
  body("loop in a microtask", `await null; ${SPIN}`, ENDS),
  body("thenable that loops", `return { then() { ${SPIN} } };`, ENDS),
  body("thenables without end", "const again = { then(go) { go(again); } }; return again;", ENDS),
  body("Error.prepareStackTrace", `Error.prepareStackTrace = () => { ${SPIN} }; throw new Error("x");`, ENDS),
  body(
    "finalization callback",
    `const registry = new FinalizationRegistry(() => { ${SPIN} });
    for (let i = 0; i < 300; i++) { for (let k = 0; k < 100; k++) registry.register(new Array(100), 1); await new Promise((go) => setTimeout(go, 1)); }`,
    [...ENDS, OK],
  ),
  // What a stopped run leaves behind must not be run by the next look at the isolate.
  body("microtask left behind by an overrun", `Promise.resolve().then(() => { ${SPIN} }); ${SPIN}`, ENDS),
  body("rejection left behind by an overrun", `Promise.reject(new TypeError("x")); ${SPIN}`, ENDS),
  body("comparator of sort", `[3, 1, 2].sort(() => { ${SPIN} });`, ENDS),
  body(
    "set that grows under its own iterator",
    "const s = new Set([1]); for (const x of s) { s.delete(x); s.add(x); }",
    ENDS,
  ),
  module(
    "handler that is a getter's",
    `export default { get handler() { return () => { ${SPIN} }; } };`,
    ENDS,
  ),
];

const REGEXPS: readonly Attack[] = [
  body("regexp with nested quantifiers", `return /^(a+)+$/.test("a".repeat(50) + "!");`, ENDS),
  body("regexp with overlapping alternatives", `return /^(a|a|aa)+$/.test("a".repeat(60) + "!");`, ENDS),
  body("regexp with back references", `return /^(a*)*\\1+b$/.test("a".repeat(60));`, ENDS),
  body("regexp with look-ahead", `return /^(?=(a+)+b)(a+)+c/.test("a".repeat(60));`, ENDS),
  body("regexp over a long text", `return /(.*)*(.*)*x/s.test("ab".repeat(200000));`, [...ENDS_OR_FILLS, OK]),
  body(
    "regexp that is costly to compile",
    `const part = "(?:a?b?c?){9}"; let text = part; for (let i = 0; i < 4; i++) text = "(?:" + text + "){9}"; for (let i = 0; ; i++) try { new RegExp(text + i).exec("abc"); } catch {}`,
    ENDS,
  ),
  body(
    "replace with a pattern that backtracks",
    `return ("a".repeat(40) + "!").replace(/(?:a+a+)+$/g, "");`,
    ENDS,
  ),
];

const NATIVE: readonly Attack[] = [
  body(
    "indexOf of an endless array-like",
    "return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);",
    ENDS,
  ),
  body(
    "lastIndexOf of an endless array-like",
    "return Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1);",
    ENDS,
  ),
  body(
    "includes of an endless array-like",
    "return Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1);",
    ENDS,
  ),
  body(
    "fill of an endless array-like",
    "Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 1);",
    ENDS_OR_FILLS,
  ),
  body("reverse of an endless array-like", "Array.prototype.reverse.call({ length: 2 ** 53 - 1 });", ENDS),
  body(
    "copyWithin of an endless array-like",
    "Array.prototype.copyWithin.call({ length: 2 ** 53 - 1 }, 0, 1);",
    ENDS,
  ),
  body("sort of an endless array-like", "Array.prototype.sort.call({ length: 2 ** 53 - 1 });", [
    ...ENDS_OR_FILLS,
    "TypeError",
    // V8 gives up, and its process with it.
    EXIT,
  ]),
  body(
    "concat of an endless array-like",
    "[].concat({ length: 2 ** 53 - 2, [Symbol.isConcatSpreadable]: true });",
    [...ENDS_OR_FILLS, OK, "TypeError"],
  ),
  body("flat of endless array-likes", "[{ length: 1 }].flat.call({ length: 2 ** 53 - 1 }, Infinity);", ENDS),
  body("join of an endless array-like", "return [].join.call({ length: 2 ** 32 - 2 }, '').length;", [
    ...ENDS_OR_FILLS,
    "TypeError",
  ]),
  body(
    "sparse array of full length",
    "return new Array(2 ** 32 - 1).indexOf(1) + new Array(2 ** 32 - 1).join('').length;",
    [...ENDS_OR_FILLS, OK],
  ),
  body(
    "search for a needle that almost matches",
    `const half = "a".repeat(400000); return (half + half).lastIndexOf(half + "b");`,
    ENDS,
  ),
  body(
    "typed array sort",
    "const list = new Float64Array(6e6); for (let i = 0; i < 6e6; i++) list[i] = -i % 7919; for (;;) list.map((x) => x * 1.5).sort();",
    ENDS_OR_FILLS,
    { memoryMb: 256 },
  ),
  body(
    "normalize",
    `const text = "\\u1e9b\\u0323\\u0344".repeat(2e6); for (;;) text.normalize("NFKD");`,
    ENDS_OR_FILLS,
    { memoryMb: 64 },
  ),
  body(
    "localeCompare",
    `const text = "\\u00e4b".repeat(1e6); for (;;) text.localeCompare(text + "c", "de", { numeric: true });`,
    ENDS_OR_FILLS,
    { memoryMb: 64 },
  ),
  body(
    "change of case",
    `const text = "\\u0130".repeat(2e6); for (;;) text.toLocaleLowerCase("tr");`,
    ENDS_OR_FILLS,
    { memoryMb: 64 },
  ),
  body("BigInt power", "return String((3n ** 40000000n) % 10n);", ENDS_OR_FILLS),
  body("BigInt multiplication", "let x = 3n ** 1000000n; for (;;) x = (x * x) >> 1600000n;", ENDS_OR_FILLS),
  body("BigInt as text", "return (7n ** 3000000n).toString().length;", [...ENDS_OR_FILLS, OK]),
  body("BigInt out of text", `return BigInt("9".repeat(8000000)) > 0n;`, [
    ...ENDS_OR_FILLS,
    OK,
    "SyntaxError",
  ]),
  body(
    "JSON.parse in a loop",
    `const text = "[" + "1,".repeat(500000) + "1]"; for (;;) JSON.parse(text);`,
    ENDS_OR_FILLS,
    { memoryMb: 64 },
  ),
  body(
    "JSON.stringify of an endless proxy",
    "return JSON.stringify(new Proxy([], { get: (_, key) => key === 'length' ? 2 ** 53 - 1 : key === 'toJSON' ? undefined : 1 }));",
    [...ENDS_OR_FILLS],
  ),
  body(
    "Intl.Segmenter",
    `const text = "\\u0e01\\u0e02 ".repeat(300000); for (;;) for (const _ of new Intl.Segmenter("th", { granularity: "word" }).segment(text));`,
    ENDS_OR_FILLS,
  ),
  body(
    "Intl.DateTimeFormat",
    "for (;;) new Intl.DateTimeFormat('ar-u-ca-islamic', { dateStyle: 'full' }).format();",
    ENDS_OR_FILLS,
  ),
  body(
    "Date.parse of a long text",
    `const text = "(".repeat(4e6); for (;;) Date.parse(text);`,
    ENDS_OR_FILLS,
  ),
  body(
    "encoding in a loop",
    "const text = 'x'.repeat(2e6); for (;;) Buffer.from(encodeURIComponent(text)).toString('base64');",
    ENDS_OR_FILLS,
    { memoryMb: 64 },
  ),
  body("source text nested deeply", `return new Function("return " + "(".repeat(1e6) + ")".repeat(1e6));`, [
    "RangeError",
    "SyntaxError",
    ...ENDS_OR_FILLS,
  ]),
  body(
    "source text of great length",
    `return eval("a=b;".repeat(2e6));`,
    [...ENDS_OR_FILLS, OK, "ReferenceError"],
    { memoryMb: 128 },
  ),
];

/** `(func (export "f") (loop (br 0)))` */
const ENDLESS_MODULE = "0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,9,1,7,0,3,64,12,0,11,11";

const GRANTED: readonly Attack[] = [
  body("Atomics.wait, granted", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);", ENDS, {
    permissions: { atomicsWait: true, sharedArrayBuffer: true },
  }),
  body(
    "WebAssembly, granted",
    `new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([${ENDLESS_MODULE}]))).exports.f();`,
    ENDS,
    { permissions: { wasm: true } },
  ),
  body("cpuMs before timeoutMs", SPIN, [LIMIT], { timeoutMs: 2_000, limits: { cpuMs: 200 } }),
];

export const cpu: readonly Attack[] = [...LOOPS, ...REGEXPS, ...NATIVE, ...GRANTED];
