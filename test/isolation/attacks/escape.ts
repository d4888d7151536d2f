/** Escape: reaching out of the isolate, or learning of the host what a guest must not know. */
import { attackMaker, MEMORY, OK, TIMEOUT } from "../attack.ts";
import type { Attack } from "../attack.ts";

const { body, module } = attackMaker("escape");

/** What must be seen of a foreign global object: nothing of Node's. */
const LOOK = `const look = (found) => {
  const seen = [];
  for (const path of [["process", "mainModule"], ["process", "_linkedBinding"], ["require"], ["isolatedVm"], ["Worker"]]) {
    let at = found; for (const key of path) at = at == null ? undefined : at[key];
    if (at !== undefined) seen.push(path.join("."));
  }
  for (const name of ["binding", "dlopen"]) try { found.process[name]("fs", "fs"); seen.push(name); } catch (error) { if (!(error instanceof found.Error)) seen.push(name + "'s error"); }
  if (found !== globalThis) seen.push("another global object");
  return seen;
};`;

const CHAINS: readonly (readonly [name: string, root: string])[] = [
  ["globalThis", "globalThis"],
  ["the event", "event"],
  ["the context", "context"],
  ["a context's method", "context.getRemainingTimeInMillis"],
  ["console.log", "console.log"],
  ["process", "process"],
  ["process.nextTick", "process.nextTick"],
  ["setTimeout's handle", "setTimeout(() => {}, 1)"],
  ["crypto", "crypto"],
  ["crypto.randomUUID", "crypto.randomUUID"],
  ["URL", "new URL('https://x/')"],
  ["Buffer", "Buffer.from('x')"],
  ["performance", "performance"],
  ["structuredClone", "structuredClone({})"],
  ["an error of the host's", "(() => { try { new URL('::'); } catch (e) { return e; } })()"],
  ["an import's rejection", "await import('isolated-vm').catch((e) => e)"],
];

const CONSTRUCTORS = CHAINS.map(([name, root]) =>
  body(
    `constructor chain from ${name}`,
    `${LOOK} const root = ${root}; return look(root.constructor.constructor("return globalThis")());`,
    [OK],
    { payload: { a: 1 }, returns: [] },
  ),
);

/** Texts that tell of the machine or of the engine's inside. */
const TELLTALE =
  "/node_modules|isolated-vm|file:\\/\\/(?!\\/var\\/task)|\\/home\\/|\\/tmp\\/|\\/dist\\/|main\\.js|node:internal|isolet:|__isolet/";

const REACHING: readonly Attack[] = [
  module(
    "import of node:fs",
    `import fs from "node:fs"; export const handler = async () => {
      const seen = fs.readdirSync("/").filter((name) => !["dev", "opt", "tmp", "var"].includes(name));
      for (const path of ["/etc/passwd", "/proc/self/environ", "/root", "/home", "/tmp/../etc/passwd", "/var/task/../../etc/passwd", "/dev/mem", new URL("file:///etc/passwd")])
        try { fs.statSync(path); seen.push(String(path)); } catch {}
      try { fs.symlinkSync("/etc", "/tmp/etc"); seen.push(...fs.readdirSync("/tmp/etc")); } catch {}
      return seen;
    };`,
    [OK],
    { returns: [] },
  ),
  module(
    "require of child_process",
    `const { execSync } = require("child_process"); exports.handler = async () => String(execSync("id"));`,
    ["Error"],
  ),
  module(
    "require by a constructed name",
    `exports.handler = async () => { const out = []; for (const n of ["isolated" + "-vm", "node:internal/x", "internal/bootstrap/realm", "/proc/self/environ", "../../etc/passwd", "/etc/passwd", "/var/task/../../etc/passwd", "__proto__", "constructor"]) try { out.push(typeof require(n)); } catch (e) { out.push(e.code); } return [...new Set(out)]; };`,
    [OK],
    { returns: ["MODULE_NOT_FOUND"] },
  ),
  body(
    "import() of what the host has",
    "const out = []; for (const n of ['/etc/passwd', 'isolated-vm', 'file:///etc/passwd', 'data:text/javascript,1']) out.push(await import(n).then(() => n, () => 'no')); return out;",
    [OK, "Error", "TypeError"],
    { returns: ["no", "no", "no", "no"] },
  ),
  body(
    "createRequire",
    "const { createRequire } = await import('module').catch(() => ({})); return typeof createRequire;",
    [OK, "Error", "TypeError"],
  ),
  body(
    "what is not there",
    "const out = ['Worker', 'SharedArrayBuffer', 'WebAssembly', 'gc', 'require', 'Deno', 'ShadowRealm', 'BroadcastChannel'].filter((name) => globalThis[name] !== undefined); for (const [o, key] of [[Atomics, 'wait'], [Atomics, 'waitAsync'], [process, '_linkedBinding'], [process, 'mainModule']]) if (o[key] !== undefined) out.push(key); return out;",
    [OK],
    { returns: [] },
  ),
  body(
    "WebAssembly by way of its values",
    "return [typeof globalThis.constructor.constructor('return typeof WebAssembly')(), (() => { try { return eval('WebAssembly'); } catch (e) { return e.name; } })()];",
    [OK],
    { returns: ["string", "ReferenceError"] },
  ),
  body(
    "names of the runtime left on the global object",
    "const out = []; for (let o = globalThis; o; o = Object.getPrototypeOf(o)) out.push(...Reflect.ownKeys(o).map(String).filter((k) => /isolet|boot|isolated|ivm|^__(?!(define|lookup|proto))/i.test(k))); return out;",
    [OK],
    { returns: [] },
  ),
  body(
    "import.meta",
    "return Object.keys(import.meta).filter((key) => !/^(url|filename|dirname|resolve|main)$/.test(key));",
    [OK],
    { returns: [] },
  ),
  body("debugger statement", "debugger; return 1;", [OK], { returns: 1 }),
  body(
    "arguments.callee.caller",
    "const out = []; (new Function('out', 'let f = arguments.callee; for (let i = 0; f && i < 9; i++) { out.push(typeof f); try { f = f.caller; } catch (e) { out.push(e.name); break; } }'))(out); return out.length < 9;",
    [OK],
    { returns: true },
  ),
];

const LEAKS: readonly Attack[] = [
  body(
    "paths in stack traces",
    `const deep = (e) => String(e && e.stack); const texts = [deep(new Error("x"))]; for (const f of [() => new URL("::"), () => JSON.parse("{"), () => crypto.getRandomValues(1), () => structuredClone(() => {}), () => Buffer.from(Symbol()), () => setTimeout(1), () => process.exit("x")]) try { f(); } catch (e) { texts.push(deep(e)); } return texts.filter((t) => ${TELLTALE.replace("isolet:|", "")}.test(t));`,
    [OK],
    { returns: [] },
  ),
  body(
    "frames by Error.prepareStackTrace",
    `Error.prepareStackTrace = (_, sites) => sites; Error.stackTraceLimit = 100; const sites = new Error().stack; return sites.filter((s) => (s.getThis() !== undefined && s.getThis() !== globalThis) || /__isolet/.test(String(s.getFunction())) || /node_modules|\\/dist\\/|node:/.test(s.getFileName() ?? "")).map(String);`,
    [OK],
    { returns: [] },
  ),
  body(
    "functions of frames below the handler",
    `Error.prepareStackTrace = (_, sites) => sites; Error.stackTraceLimit = 100; const found = []; const f = function () { return new Error().stack; }; for (const s of f()) { const g = s.getFunction(); if (typeof g === "function" && g !== f) found.push(s.getFunctionName()); } return found.filter((name) => name !== "handler");`,
    [OK],
    { returns: [] },
  ),
  body(
    "frames under a host's callback",
    `const seen = []; const grab = () => { Error.prepareStackTrace = (_, sites) => sites; for (const s of new Error().stack) seen.push(s.getThis() ?? null, s.getFunction() ?? null); Error.prepareStackTrace = undefined; return "https://x/"; }; new URL({ toString: grab }); setTimeout({ [Symbol.toPrimitive]: grab } && grab, { valueOf: grab }); await new Promise((go) => setTimeout(go, 5)); return seen.filter((v) => typeof v === "function" && /\\bhost\\b|\\bsend\\b/.test(String(v))).length;`,
    [OK],
    { returns: 0 },
  ),
  body(
    "source text of the host's functions",
    `return [console.log, setTimeout, crypto.randomUUID, URL, process.exit].map(String).filter((t) => /node_modules|isolated|\\/src\\//.test(t));`,
    [OK],
    { returns: [] },
  ),
  body(
    "process.env and argv",
    `process.env.PATH = "/evil"; process.env.__proto__ = { a: 1 }; const text = JSON.stringify([process.env, process.argv, process.execArgv, process.versions, process.cwd(), process.pid]); return ${TELLTALE}.test(text);`,
    [OK],
    { returns: false },
  ),
  body(
    "symbols of the registry",
    `return Object.getOwnPropertySymbols(globalThis).map(String).filter((s) => !/toStringTag|aws\\.lambda|undici\\.globalDispatcher/.test(s)).concat(typeof globalThis[Symbol.for("aws.lambda.runtime")], typeof globalThis[Symbol.for("nodejs.util.inspect.custom")]);`,
    [OK],
    { returns: ["undefined", "undefined"] },
  ),
  body(
    "memory of earlier environments in new buffers",
    "for (let i = 0; i < 200; i++) if (new Uint8Array(10000).some((b) => b !== 0) || Buffer.allocUnsafe(5000).some((b) => b !== 0)) return 'dirty'; return 'clean';",
    [OK],
    { returns: "clean" },
  ),
  body(
    "stack of what happened before an await",
    "await null; return new Error('x').stack.split('\\n').filter((line) => /node:|node_modules|isolet/.test(line));",
    [OK],
    { returns: [] },
  ),
];

const POLLUTED = JSON.parse(
  '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
) as unknown;

const PROTOTYPES: readonly Attack[] = [
  body(
    "__proto__ in the payload",
    "return [({}).admin === undefined, Object.getPrototypeOf(event) === Object.prototype, Object.hasOwn(event, '__proto__')];",
    [OK],
    { payload: POLLUTED, returns: [true, true, true] },
  ),
  body("__proto__ in the result", `return JSON.parse('{"__proto__":{"status":"succeeded"}}');`, [OK]),
  body(
    "__proto__ in an error",
    `throw Object.assign(new Error("x"), { __proto__: null, name: "__proto__", stack: "__proto__" });`,
    ["__proto__"],
  ),
  body(
    "pollution of Object.prototype",
    "for (const key of ['status', 'payload', 'error', 'timeout', 'errorType', 'reference', 'copy', 'then']) Object.prototype[key] = key === 'then' ? undefined : 'evil'; return Object.assign(Object.create(null), { ok: 1 });",
    [OK],
    { returns: { ok: 1 } },
  ),
  body(
    "pollution that turns results into thenables",
    "Object.prototype.then = function (yes) { yes('evil'); }; return 1;",
    [OK, TIMEOUT, "object"],
  ),
  body(
    "setters for what hosts set",
    "for (const key of ['timeout', 'reference', 'result', 'arguments', 'promise']) Object.defineProperty(Object.prototype, key, { get() { return true; }, set(v) { globalThis.stolen = v; } }); return typeof stolen;",
    [OK],
    { returns: "undefined" },
  ),
  body(
    "names that would change the host's tables",
    "console.log('__proto__', { ['__proto__']: 1 }); return { ['__proto__']: 1, hasOwnProperty: 1, toString: 1 };",
    [OK, MEMORY],
  ),
];

export const escape: readonly Attack[] = [...CONSTRUCTORS, ...REACHING, ...LEAKS, ...PROTOTYPES];
