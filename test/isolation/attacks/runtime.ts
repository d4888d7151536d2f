/** Runtime: what user code makes of the language under the runtime's parts, before and after they have loaded. */
import { attackMaker, EXIT, LIMIT, MEMORY, OK, TIMEOUT } from "../attack.ts";
import type { Attack } from "../attack.ts";

const { body, module } = attackMaker("runtime");

/** Uses many parts, and takes from each what it gives. */
const USES = `const use = async () => {
  const tries = [
    () => Buffer.from("x").toString("base64url"), () => new TextDecoder().decode(new TextEncoder().encode("x")),
    () => new URL("https://a/?b=c").searchParams.get("b"), () => structuredClone({ a: [1] }), () => console.log({ a: 1 }),
    () => require("crypto").createHash("sha256").update("x").digest("hex"), () => crypto.subtle.digest("SHA-1", new Uint8Array(1)),
    () => require("zlib").gunzipSync(require("zlib").gzipSync("x")), () => require("fs").readdirSync("/var/task"),
    () => require("util").inspect(new Map([[1, 2]])), () => new (require("events"))().on("x", () => {}).emit("x"),
    () => fetch("http://127.0.0.1/").catch(() => 0), () => new Response("x").text(), () => new (require("async_hooks").AsyncLocalStorage)().run(1, () => 2),
    () => require("module").createRequire("/var/task/x.js")("./nothing"), () => new AbortController().abort(), () => require("stream").Readable.from([1]).toArray(),
  ];
  for (const one of tries) try { await Promise.race([one(), new Promise((go) => setTimeout(go, 5))]); } catch {}
};`;

const POISONS: readonly (readonly [name: string, code: string])[] = [
  [
    "setters on Object.prototype",
    `for (const key of ["name", "code", "value", "get", "set", "message", "part", "done", "failed", "default", "exports", "0", "length", "type", "kind", "body", "then", "signal", "writable"]) try { Object.defineProperty(Object.prototype, key, { set(v) { kept.push(v); }, get() { return undefined; }, configurable: true }); } catch {}`,
  ],
  [
    "setters on Array.prototype",
    `for (const key of [0, 1, 2, 3]) Object.defineProperty(Array.prototype, key, { set(v) { kept.push(v); }, get() { return "evil"; }, configurable: true });`,
  ],
  [
    "then and species",
    `Promise.prototype.then = function (...all) { kept.push(...all); return then.apply(this, all); }; for (const C of [Promise, Array, Map, Set, RegExp, Uint8Array, ArrayBuffer]) Object.defineProperty(C, Symbol.species, { get() { kept.push(this); return class {}; }, configurable: true });`,
  ],
  [
    "JSON and toJSON",
    `JSON.parse = () => ({ code: "evil", get name() { throw 1; } }); JSON.stringify = (v) => { kept.push(v); return "["; }; Object.prototype.toJSON = function () { kept.push(this); return this; };`,
  ],
  [
    "texts and regular expressions",
    `for (const C of [String, RegExp]) for (const key of Reflect.ownKeys(C.prototype)) if (key !== "constructor") try { Object.defineProperty(C.prototype, key, { value: () => "evil", configurable: true, writable: true }); } catch {}`,
  ],
  [
    "collections and reflection",
    `for (const C of [Map, Set, WeakMap, Array, Function]) for (const key of Reflect.ownKeys(C.prototype)) if (key !== "constructor") try { C.prototype[key] = function () { kept[kept.length] = this; return "evil"; }; } catch {} for (const key of Reflect.ownKeys(Reflect)) Reflect[key] = () => "evil"; for (const key of ["assign", "keys", "defineProperty", "create", "entries", "freeze"]) Object[key] = () => "evil";`,
  ],
];

/** Poisons before or after the parts have loaded; the next invocations must be told the truth. */
const poisoned = (name: string, code: string, isBefore: boolean): Attack =>
  module(
    `${name}, ${isBefore ? "before" : "after"} parts load`,
    `const kept = [], { then } = Promise.prototype; ${USES}
    exports.handler = async (event, context) => {
      if (event.damage) { ${isBefore ? `${code} await use();` : `await use(); ${code} await use();`} return 1; }
      return { n: event.n, id: context.awsRequestId };
    };`,
    [],
    {
      timeoutMs: 1_500,
      steps: [
        {
          payload: { damage: true },
          expect: [
            OK,
            TIMEOUT,
            LIMIT,
            MEMORY,
            EXIT,
            "TypeError",
            "Error",
            "evil",
            "Runtime.UnhandledPromiseRejection",
            "Runtime.JSONStringifyError",
            "Runtime.NodeJsExit",
          ],
        },
        { payload: { n: 2 }, expect: [OK], returns: { n: 2, id: "$requestId" } },
      ],
    },
  );

const POISONED = POISONS.flatMap(([name, code]) =>
  [true, false].map((isBefore) => poisoned(name, code, isBefore)),
);

const INSIDES: readonly Attack[] = [
  module(
    "functions of the runtime's, by frames of a stack",
    `${USES} const own = new Set(); exports.handler = function handler() {
      const found = new Set();
      Error.prepareStackTrace = (error, frames) => { for (const frame of frames) { if (/\\/var\\/task/.test(frame.getFileName() ?? "")) continue; const f = frame.getFunction(); const t = frame.getThis(); if (typeof f === "function") found.add(f.name); if (t !== undefined && t !== globalThis) found.add(typeof t); } return "x"; };
      const seen = () => { new Error("x").stack; return 1; };
      const emitter = new (require("events"))(); emitter.on("x", seen); emitter.emit("x");
      [1].map(seen); JSON.stringify({ toJSON: seen }); setTimeout(seen, 1); queueMicrotask(seen); console.log({ get a() { return seen(); } });
      require("stream").Readable.from({ [Symbol.iterator]: function* () { yield seen(); } }).on("data", seen);
      return new Promise((go) => setTimeout(() => { Error.prepareStackTrace = undefined; go([...found]); }, 20));
    };`,
    [OK],
    { returns: [], timeoutMs: 1_000 },
  ),
  module(
    "functions of the runtime's, by caller and arguments",
    `exports.handler = function handler() {
      const found = []; function sloppy() { for (const key of ["caller", "arguments"]) try { const got = sloppy[key]; if (typeof got === "function" && got !== handler && got.name !== "get a") found.push(got.name); } catch {} return 1; }
      if (handler.caller) found.push("caller of the handler");
      const emitter = new (require("events"))(); emitter.on("x", sloppy); emitter.emit("x"); queueMicrotask(sloppy); setTimeout(sloppy, 1); structuredClone({ get a() { return sloppy(); } }); require("util").inspect({ get a() { return sloppy(); } }, { getters: true });
      return new Promise((go) => setTimeout(go, 10, found));
    };`,
    [OK],
    { returns: [], timeoutMs: 1_000 },
  ),
  body(
    "getters on options that loop or throw",
    `const { createHash } = await import("node:crypto"); const { gzipSync } = await import("node:zlib"); const fs = await import("node:fs"); const evil = () => new Proxy({}, { get() { throw new Error("evil"); }, ownKeys() { throw new Error("evil"); }, has() { throw new Error("evil"); } });
    for (const one of [() => createHash("sha1", evil()), () => gzipSync("x", evil()), () => fs.writeFileSync("/tmp/x", "x", evil()), () => fetch("http://127.0.0.1/", evil()), () => new Response("x", evil()), () => structuredClone(evil())]) try { await one(); } catch {}
    createHash("sha1", { get outputLength() { for (;;); } });`,
    [TIMEOUT, LIMIT],
    { timeoutMs: 600 },
  ),
  module(
    "modules that lead outside",
    `exports.handler = async () => { const found = []; const use = (name, act) => { try { act(require(name)); found.push(name); } catch {} };
      use("child_process", (m) => m.execSync("id")); use("worker_threads", (m) => new m.Worker("1", { eval: true })); use("inspector", (m) => new m.Session().connect()); use("inspector", (m) => m.open()); use("vm", (m) => m.runInNewContext("1"));
      use("cluster", (m) => m.fork()); use("v8", (m) => m.setFlagsFromString("--expose-gc")); use("v8", (m) => m.writeHeapSnapshot("/tmp/x")); use("net", (m) => m.connect(1).fd.x); use("dgram", (m) => m.createSocket("udp4").address());
      use("repl", (m) => m.start()); use("wasi", (m) => new m.WASI({ version: "preview1" })); use("sqlite", (m) => new m.DatabaseSync("/etc/x")); use("process", (m) => m.dlopen({}, "/x")); use("process", (m) => m.binding("fs")); use("trace_events", (m) => m.createTracing({ categories: ["v8"] }).enable());
      return found; };`,
    [OK],
    { timeoutMs: 1_500, returns: [] },
  ),
];

export const runtime: readonly Attack[] = [...POISONED, ...INSIDES];
