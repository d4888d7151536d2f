/** Calls: what a guest asks the host for, by requests, other functions and bindings, and how it goes about it. */
import { attackMaker, EXIT, LIMIT, MEMORY, NEVER, OK, TIMEOUT } from "../attack.ts";
import type { Attack } from "../attack.ts";

const { body, module } = attackMaker("calls");
const ENDS = [TIMEOUT, LIMIT];
const FULL = [MEMORY, LIMIT, "RangeError", TIMEOUT, EXIT];
const BOUND = { permissions: { bindings: ["probe"] } };
const TOLD = { ...BOUND, timeoutMs: 2_000 };
const SPREADS = { permissions: { invoke: true }, spreads: true };
const INVOKE = `import { invoke } from "isolet/runtime"; export const handler = async (event, context) => {`;
const BINDING = `import { bindings } from "isolet/runtime"; const { probe } = bindings; export const handler = async (event) => {`;

const FLOODS: readonly Attack[] = [
  body("requests by the million, denied", "for (;;) fetch('http://127.0.0.1/').catch(() => {});", FULL),
  body(
    "names looked up by the million, denied",
    "const dns = await import('node:dns'); for (;;) dns.lookup('localhost', () => {});",
    FULL,
  ),
  module(
    "bindings called by the million",
    `${BINDING} for (;;) probe.echo(1).catch(() => {}); };`,
    FULL,
    BOUND,
  ),
  module("bindings called one after the other", `${BINDING} for (;;) await probe.echo(1); };`, ENDS, BOUND),
  module(
    "bindings called with megabytes",
    `${BINDING} const text = "x".repeat(4e6); for (;;) probe.echo(text).catch(() => {}); };`,
    FULL,
    BOUND,
  ),
  module("a binding that never answers", `${BINDING} await probe.never(); };`, [TIMEOUT], BOUND),
  module(
    "endless streams that nobody reads",
    `${BINDING} for (let i = 0; i < 100; i++) await probe.endless(); return 1; };`,
    [OK, ...ENDS],
    BOUND,
  ),
  module(
    "an endless stream that is kept",
    `${BINDING} const keep = []; for await (const piece of await probe.endless()) keep.push(piece); };`,
    FULL,
    BOUND,
  ),
];

const FORGERIES: readonly Attack[] = [
  module(
    "keys of the language as arguments of a binding",
    `${BINDING} const evil = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
      const long = JSON.parse('{"__proto__":{"polluted":1},"a":[' + '{"__proto__":{"polluted":1}},'.repeat(9000) + "1]}");
      await probe.echo([evil, long]);
      return [await probe.merged(long), {}.polluted === undefined]; };`,
    [OK],
    { ...TOLD, returns: [["a"], true] },
  ),
  module(
    "names of the language as methods of a binding",
    `${BINDING} const out = []; for (const name of ["__proto__", "constructor", "hasOwnProperty", "__defineGetter__", "valueOf", "toString", "call", "prototype", "", "echo\\necho", "x".repeat(1e6)]) out.push(await (async () => probe[name]())().then(() => name, () => "no")); return [...new Set(out)]; };`,
    [OK],
    { ...TOLD, returns: ["no"] },
  ),
  module(
    "bindings that nobody offers, or granted",
    `import { bindings } from "isolet/runtime"; export const handler = async () => { const out = []; for (const name of ["__proto__", "constructor", "toString", "probe"]) out.push(await (async () => bindings[name].throws())().then(() => name, (error) => error.code ?? error.name)); return [...new Set(out)]; };`,
    [OK],
    { permissions: { bindings: ["probe.echo", "other"] }, timeoutMs: 2_000, returns: ["ERR_ACCESS_DENIED"] },
  ),
  module(
    "an error of a binding's, and its stack",
    `${BINDING} return await probe.throws().catch((error) => /host\\.ts|node_modules|file:/.test(error.stack) ? error.stack : "clean"); };`,
    [OK],
    { ...TOLD, returns: "clean" },
  ),
  body(
    "an answer that comes when its invocation is over",
    "fetch('http://127.0.0.1/').then(() => 0, () => { throw new Error('late'); }).catch(() => {}); return 1;",
    [OK],
    { timeoutMs: 2_000, returns: 1 },
  ),
];

const SPREADING: readonly Attack[] = [
  module(
    "a function that invokes itself without end",
    `${INVOKE} const result = await invoke(context.functionName, {}).catch((error) => error.code); return result; };`,
    [OK, ...ENDS],
    { ...SPREADS, timeoutMs: 1_000 },
  ),
  module(
    "a function that hands itself over twice",
    `${INVOKE} for (let i = 0; i < 2; i++) await invoke(context.functionName, {}, { type: "event" }).catch(() => {}); return 1; };`,
    [OK, ...ENDS],
    { ...SPREADS, timeoutMs: 1_000, returns: 1 },
  ),
  module(
    "invocations by the thousand",
    `${INVOKE} if (event.deep) return 1; const all = []; for (let i = 0; i < 300; i++) all.push(invoke(context.functionName, { deep: true }).catch(() => {})); await Promise.all(all); return 1; };`,
    [OK, ...FULL],
    { ...SPREADS, reservedConcurrency: 4, payload: {} },
  ),
  module(
    "a function that waits for itself",
    `${INVOKE} return await invoke(context.functionName, {}).then(() => 1, (error) => error.name); };`,
    [OK, NEVER, ...ENDS],
    { ...SPREADS, reservedConcurrency: 1 },
  ),
  module(
    "functions of others, by every name",
    `${INVOKE} const out = []; for (const name of ["innocent", "innocent:$LATEST", "innocent:1", "*", "__proto__", "arn:aws:lambda:us-east-1:000000000000:function:innocent", "x".repeat(1e5), "innocent\\n{}"]) out.push(await invoke(name, {}).then(() => name, () => "no")); return [...new Set(out)]; };`,
    [OK],
    { permissions: { invoke: ["attack*"] }, timeoutMs: 2_000, returns: ["no"] },
  ),
];

export const calls: readonly Attack[] = [...FLOODS, ...FORGERIES, ...SPREADING];
