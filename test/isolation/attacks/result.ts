/** Result: what a handler returns or throws, made so that writing it down hurts. */
import {
  attackMaker,
  EXIT,
  LIMIT,
  MEMORY,
  NEVER,
  OK,
  TIMEOUT,
  TOO_LARGE,
  UNHANDLED,
  UNWRITABLE,
} from "../attack.ts";
import type { Attack } from "../attack.ts";

const { body } = attackMaker("result");
/**
 * Flattening half a gigabyte takes its time, so that the deadline may be the first limit; and V8 may give up, and its
 * process with it.
 */
const LARGE = [MEMORY, UNWRITABLE, TOO_LARGE, LIMIT, TIMEOUT, EXIT];
/** What comes of a failure that is too large to be written down whole. */
const FAILS_LARGE = [MEMORY, LIMIT, TIMEOUT, EXIT];
const TEXT = "'x'.repeat(1000000)";

const RETURNED: readonly Attack[] = [
  body("getter that throws", `return { get x() { throw new Error("no"); } };`, [UNWRITABLE]),
  body("toJSON that throws", `return { toJSON() { throw null; } };`, [UNWRITABLE]),
  body("toJSON that returns itself", `const o = { toJSON: () => o }; return o;`, [OK], { returns: {} }),
  body(
    "toJSON that grows what it returns",
    "const list = [{ toJSON() { list.push(this); return 1; } }]; return list;",
    [OK],
    { returns: [1] },
  ),
  body(
    "toJSON that makes deeper objects",
    "const deeper = () => ({ toJSON: () => ({ x: deeper() }) }); return deeper();",
    [UNWRITABLE, MEMORY],
  ),
  body("revoked proxy", "const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy;", [
    "TypeError",
    UNWRITABLE,
  ]),
  body(
    "proxy that lies about its keys",
    "return { p: new Proxy({}, { ownKeys: () => Array.from({ length: 1e5 }, (_, i) => 'k' + i), getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }), get: (_, k) => k === 'toJSON' ? undefined : 'v' }) };",
    [OK, ...LARGE],
  ),
  body("cycle", "const o = {}; o.o = o; return o;", [UNWRITABLE]),
  body("BigInt", "return 1n;", [UNWRITABLE]),
  body("function", "return () => 1;", [UNWRITABLE]),
  body("symbol", "return Symbol('x');", [UNWRITABLE]),
  body("nothing", "return undefined;", [OK], { returns: null }),
  body("thenable that never settles", "return { then() {} };", [NEVER]),
  body(
    "thenable that settles twice",
    "return { then(yes, no) { yes(1); yes(2); no(new Error('late')); } };",
    [OK],
    { returns: 1 },
  ),
  body(
    "thenable that settles and throws",
    "return { then(yes) { yes('first'); throw new Error('late'); } };",
    [OK],
    { returns: "first" },
  ),
  body("thenable with a getter that throws", "return { get then() { throw new RangeError('no'); } };", [
    "RangeError",
  ]),
  body("amplification by one text", `const text = ${TEXT}; return new Array(5000).fill(text);`, LARGE),
  body(
    "amplification by shared objects",
    "let o = { a: 1 }; for (let i = 0; i < 40; i++) o = [o, o]; return o;",
    LARGE,
  ),
  body("amplification by escapes", "return '\\u0000'.repeat(5000000);", LARGE),
  body("rope of 500 MB", "return 'x'.repeat(500000000);", LARGE),
  body("seven megabytes", "return 'x'.repeat(7000000);", [TOO_LARGE, MEMORY, LIMIT]),
  body(
    "object with as many keys as fit",
    "const o = {}; for (let i = 0; i < 300000; i++) o['k' + i.toString(36)] = 1; return o;",
    [OK, ...LARGE],
    { memoryMb: 128, timeoutMs: 1_000 },
  ),
  body(
    "a million small objects",
    "return new Array(1000000).fill({ a: 1 }).slice(0, 700000);",
    [OK, ...LARGE],
    { memoryMb: 128, timeoutMs: 1_000 },
  ),
  body("array of full length", "return new Array(2 ** 32 - 1);", LARGE),
  body("Float16Array", "return new Float16Array([1.5]);", [OK], { returns: { 0: 1.5 } }),
  body("lone surrogates", "return '\\ud800\\udfff\\ud800';", [OK], { returns: "\u{d800}\u{dfff}\u{d800}" }),
  body(
    "key named __proto__",
    `return JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');`,
    [OK],
  ),
];

/** `JSON.parse` can make any error type of what a guest says; none may pass for the platform's own silently. */
const THROWN: readonly Attack[] = [
  body("null thrown", "throw null;", ["object"]),
  body("undefined thrown", "throw undefined;", ["undefined"]),
  body("symbol thrown", "throw Symbol('x');", ["symbol"]),
  body("function thrown", "throw () => {};", ["function"]),
  body(
    "proxy thrown",
    "throw new Proxy(new Error('x'), { get() { throw new Error('trap'); }, getPrototypeOf() { throw 1; } });",
    ["handled", "object", "Error"],
  ),
  body("revoked proxy thrown", "const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy;", [
    "handled",
    "object",
  ]),
  body(
    "error with getters that throw",
    "throw Object.defineProperties(new Error('x'), { name: { get() { throw 1; } }, message: { get() { throw 2; } } });",
    ["handled", "Error"],
  ),
  body(
    "error with getters that loop",
    "throw Object.defineProperty(new Error('x'), 'message', { get() { for (;;); } });",
    [TIMEOUT, LIMIT],
  ),
  body(
    "error whose name is an object",
    "throw Object.assign(new Error('x'), { name: { toString: () => { throw 1; } } });",
    ["handled", "Error"],
  ),
  body("error whose name is no text", "throw Object.assign(new Error('x'), { name: { a: 1 } });", [
    "[object Object]",
    "Error",
  ]),
  body("error with a message of 500 MB", "throw new Error('x'.repeat(500000000));", [
    "Error",
    ...FAILS_LARGE,
    "RangeError",
  ]),
  body("error with a message that doubles when written", "throw new Error('\\u0000'.repeat(10000000));", [
    "Error",
    ...FAILS_LARGE,
  ]),
  body(
    "error with a name of 500 MB",
    "throw Object.assign(new Error('x'), { name: 'N'.repeat(500000000) });",
    ["[a text of 500000000 characters]", ...FAILS_LARGE],
  ),
  body(
    "error with a stack of 500 MB",
    "throw Object.assign(new Error('x'), { stack: 'at\\n'.repeat(150000000) });",
    ["Error", ...FAILS_LARGE],
  ),
  body(
    "error with a stack of a million lines",
    "throw Object.assign(new Error('x'), { stack: '\\n'.repeat(1000000) });",
    ["Error", ...FAILS_LARGE],
  ),
  body(
    "error in a function with an enormous name",
    "const f = { ['n'.repeat(100000000)]() { throw new Error('x'); } }; Object.values(f)[0]();",
    ["Error", ...FAILS_LARGE, "RangeError"],
  ),
  body(
    "error with a deep chain of causes",
    "let e = new Error('0'); for (let i = 1; i < 100000; i++) e = new Error(String(i), { cause: e }); throw e;",
    ["Error", MEMORY, TIMEOUT],
  ),
  body("text of 500 MB thrown", "throw 'x'.repeat(500000000);", ["string", ...FAILS_LARGE]),
  body(
    "rejection with a hostile error",
    "throw await Promise.reject({ name: 'N', message: 'm', get stack() { throw 1; } }).catch((e) => e);",
    ["handled", "object"],
  ),
  body(
    "AggregateError of many",
    "throw new AggregateError(Array.from({ length: 50000 }, () => new Error('x')), 'many');",
    ["AggregateError", MEMORY],
  ),
  body(
    "rejection that nobody handles",
    "Promise.reject(new Error('x')); await new Promise((go) => setTimeout(go, 50));",
    [UNHANDLED, "Error"],
  ),
  body(
    "rejection with a hostile reason that nobody handles",
    "Promise.reject(new Proxy({}, { get() { throw 1; } })); await new Promise((go) => setTimeout(go, 50));",
    [UNHANDLED],
  ),
];

export const result: readonly Attack[] = [...RETURNED, ...THROWN];
