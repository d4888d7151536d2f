/** Stack: recursion, and every built-in called where almost none of the stack is left. */
import { attackMaker, EXIT, LIMIT, MEMORY, OK, TIMEOUT, TOO_LARGE, UNWRITABLE } from "../attack.ts";
import type { Attack } from "../attack.ts";

const { body } = attackMaker("stack");
const OVERFLOW = ["RangeError"];

const RECURSIONS: readonly Attack[] = [
  body("plain recursion", "const f = () => f() + 1; return f();", OVERFLOW),
  body("mutual recursion", "const a = () => b() + 1, b = () => a() + 1; return a();", OVERFLOW),
  body(
    "recursion by toString",
    "const o = { toString() { return `${o}`; } }; return `${o}`;"
      .replaceAll("`", "'")
      .replaceAll("'${o}'", "String(o)"),
    OVERFLOW,
  ),
  body("recursion by a getter", "const o = { get x() { return o.x; } }; return o.x;", OVERFLOW),
  body("recursion by a proxy", "const p = new Proxy({}, { get: (_, k) => p[k] }); return p.x;", OVERFLOW),
  body(
    "proxy as its own prototype",
    "const p = new Proxy({}, {}); Object.setPrototypeOf(p, p); return p.x;",
    [...OVERFLOW, "TypeError"],
  ),
  body("recursion by JSON's reviver", "const f = () => JSON.parse('[1]', f); return f();", OVERFLOW),
  body("recursion by sort", "const f = () => [2, 1].sort(f); return f();", OVERFLOW),
  body("recursion by replace", "const f = () => 'a'.replace(/a/, f); return f();", OVERFLOW),
  body("recursion by eval", "globalThis.f = () => eval('f()'); return f();", OVERFLOW),
  body("recursion by a constructor", "class A { constructor() { new A(); } } new A();", OVERFLOW),
  body("recursion by toJSON", "const f = { toJSON: () => JSON.stringify(f) }; return f;", [UNWRITABLE]),
  body("recursion by thenables", "const t = { then: (go) => t.then(go) }; return t;", OVERFLOW),
  body("nested arrays as result", "let a = []; for (let i = 0; i < 200000; i++) a = [a]; return a;", [
    UNWRITABLE,
    MEMORY,
    "Runtime.MalformedResponse",
  ]),
  body("nested arrays in JSON.parse", "return JSON.parse('['.repeat(500000) + ']'.repeat(500000));", [
    "Runtime.MalformedResponse",
    TOO_LARGE,
    UNWRITABLE,
    MEMORY,
    TIMEOUT,
    "RangeError",
  ]),
  body("nested groups in a regexp", "return new RegExp('('.repeat(100000) + ')'.repeat(100000)).exec('a');", [
    "SyntaxError",
    "RangeError",
  ]),
  body(
    "nested arrays in structuredClone",
    "let a = []; for (let i = 0; i < 100000; i++) a = [a]; structuredClone(a);",
    [...OVERFLOW, MEMORY, TIMEOUT],
  ),
  body(
    "nested arrays in console.log",
    "let a = []; for (let i = 0; i < 100000; i++) a = [a]; console.log(a);",
    [OK, ...OVERFLOW, MEMORY],
  ),
  body(
    "flat of nested arrays",
    "let a = []; for (let i = 0; i < 100000; i++) a = [a]; return a.flat(Infinity);",
    OVERFLOW,
  ),
  body(
    "text of nested arrays",
    "let a = []; for (let i = 0; i < 100000; i++) a = [a]; return String(a);",
    OVERFLOW,
  ),
  body(
    "rope of a million parts",
    "let t = ''; for (let i = 0; i < 1e6; i++) t = 'x' + t + i; return t.length + t.indexOf('y');",
    [OK, MEMORY, TIMEOUT],
    { memoryMb: 128 },
  ),
  body(
    "bound functions in a chain",
    "let f = () => 1; for (let i = 0; i < 200000; i++) f = f.bind(null); return f();",
    [...OVERFLOW, OK, MEMORY, TIMEOUT],
  ),
  body("spread of too many arguments", "return Math.max(...new Array(1e6).fill(1));", [...OVERFLOW, OK]),
];

/** Runs `act` on each of the deepest 200 levels of a recursion, from the very end of the stack upwards. */
const atDepth = (act: string, before = ""): string => `${before}
  let left = 200;
  const dig = () => { try { dig(); } catch {} if (left-- > 0) try { ${act} } catch {} };
  dig();
  return 1;`;

/** At depth a call may also run into a limit, but it must not take the cell with it. */
const BUILTINS: readonly (readonly [name: string, act: string, before?: string])[] = [
  ["eval", `eval("(() => [1, { a: 2 }])()");`],
  ["the Function constructor", `new Function("a", "b", "return a + b")(1, 2);`],
  ["a class definition", `eval("class A { #x = 1; static y = new A(); get z() { return this.#x; } }");`],
  ["JSON", `JSON.parse(JSON.stringify({ a: [1, "x", { b: null }] }));`],
  [
    "Intl",
    `new Intl.NumberFormat("de", { style: "currency", currency: "EUR" }).format(1e6); new Date().toLocaleString("ar");`,
  ],
  ["regular expressions", `new RegExp("(a|b)*(?<x>c)" + left, "u").exec("ababc"); "abc".replace(/b/, "$1");`],
  ["structuredClone", `structuredClone({ a: new Map([[1, new Set([2])]]), d: new Date() });`],
  ["console.log", `console.log("at depth %o", { a: [new Map([[1, 2]]), new Error("x")] });`],
  ["Error.stack", `new Error("x").stack.split("\\n");`],
  [
    "Error.prepareStackTrace",
    `new Error("x").stack;`,
    "Error.prepareStackTrace = (e, sites) => sites.map(String).join();",
  ],
  ["sort and localeCompare", `["b", "a", "c"].sort((a, b) => a.localeCompare(b, "de"));`],
  ["normalize and case", `"\\u1e9b\\u0323".repeat(100).normalize("NFKD").toLocaleUpperCase("tr");`],
  ["BigInt", `(3n ** 5000n).toString(); BigInt("9".repeat(5000)) / 7n;`],
  ["promises", `Promise.resolve(1).then(() => 1); (async () => { await 1; })(); Promise.all([1, 2]);`],
  [
    "proxies and Reflect",
    `Reflect.ownKeys(new Proxy({ a: 1 }, { ownKeys: () => ["a"] })); Reflect.construct(Date, []);`,
  ],
  [
    "Buffer and encodings",
    `Buffer.from("\\u00e4b".repeat(50)).toString("base64"); new TextDecoder().decode(new TextEncoder().encode("x"));`,
  ],
  ["URL", `new URL("a/../b?c=d#e", "https://user@h\\u00f6st.example:81/x").searchParams.get("c");`],
  [
    "crypto and timers",
    `crypto.randomUUID(); crypto.getRandomValues(new Uint8Array(64)); clearTimeout(setTimeout(() => {}, 1)); performance.now();`,
  ],
  [
    "a chunk's first use",
    `new EventTarget().dispatchEvent(new Event("x")); structuredClone(1); atob("eA==");`,
  ],
];

const AT_DEPTH = BUILTINS.map(([name, act, before]) =>
  body(`at depth: ${name}`, atDepth(act, before), [OK, TIMEOUT, "RangeError"], { timeoutMs: 1_000 }),
);

const OTHERS: readonly Attack[] = [
  body("at depth: import()", atDepth(`import("node:fs").catch(() => {});`), [OK, TIMEOUT, "RangeError"]),
  body("at depth: process.exit", "const dig = () => { try { dig(); } catch { process.exit(3); } }; dig();", [
    EXIT,
  ]),
  body(
    "at depth: the result",
    "const dig = () => { try { return dig(); } catch { return { toJSON: dig }; } }; return dig();",
    [OK, UNWRITABLE, TIMEOUT],
  ),
  body("at depth: allocation", atDepth("new Array(1e5).fill(left).map(String).join();"), [
    OK,
    MEMORY,
    LIMIT,
    TIMEOUT,
    "RangeError",
  ]),
];

export const stack: readonly Attack[] = [...RECURSIONS, ...AT_DEPTH, ...OTHERS];
