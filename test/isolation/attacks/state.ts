/** State: one invocation poisons what the next one depends on. The next must still be told, and tell, the truth. */
import { attackMaker, LIMIT, NEVER, OK, TIMEOUT } from "../attack.ts";
import type { Attack, AttackSettings } from "../attack.ts";

const { module } = attackMaker("state");

/** Does harm in its first invocation; in the next ones says what it sees, by what it took before. */
const after = (
  name: string,
  damage: string,
  more: AttackSettings & { first?: readonly string[] } = {},
): Attack => {
  const { first = [OK], ...settings } = more;
  const honest = [2, 3].map((n) => ({
    payload: { n, list: [n] },
    expect: [OK],
    returns: { n, id: "$requestId", left: true, one: n },
  }));
  return module(
    name,
    `let kept; const truth = (event, context) => {
      const left = context.getRemainingTimeInMillis();
      return { n: event.n, id: context.awsRequestId, left: left > 0 && left <= 300, one: event.list[0] };
    };
    export const handler = async (event, context) => {
      if (event.damage) { ${damage}\n return; }
      return truth(event, context);
    };`,
    [],
    { ...settings, steps: [{ payload: { damage: true }, expect: first }, ...honest] },
  );
};

const POISON: readonly Attack[] = [
  after(
    "JSON replaced",
    `JSON.stringify = () => '"evil"'; JSON.parse = () => ({ n: "evil" }); globalThis.JSON = undefined;`,
  ),
  after(
    "Promise replaced",
    `Promise.prototype.then = function () { return this; }; globalThis.Promise = class {}; Promise.resolve = undefined;`,
  ),
  after(
    "a promise's species replaced",
    `Object.defineProperty(Promise, Symbol.species, { value: function (run) { run((v) => { kept = v; }, () => {}); return {}; } });`,
  ),
  after(
    "Map, Set and Array replaced",
    `Map.prototype.get = Map.prototype.set = Set.prototype.add = () => "evil"; Array.prototype.push = Array.prototype.join = Array.prototype.shift = () => { throw 1; }; globalThis.Map = globalThis.Set = globalThis.Array = undefined;`,
  ),
  after(
    "iterators replaced",
    `Array.prototype[Symbol.iterator] = function* () { yield "evil"; }; const p = Object.getPrototypeOf([].values()); p.next = () => ({ done: false, value: "evil" });`,
  ),
  after(
    "time replaced",
    `performance.now = () => NaN; Math.max = Math.min = Math.trunc = () => -1; Date.prototype.getTime = () => 0;`,
  ),
  after(
    "Reflect and Function.prototype replaced",
    `Reflect.apply = Reflect.get = () => "evil"; Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => "evil";`,
  ),
  after(
    "String replaced",
    `String.prototype.slice = String.prototype.split = String.prototype.charCodeAt = () => "evil"; globalThis.String = () => "evil";`,
  ),
  after(
    "setters on Object.prototype",
    `for (const key of ["n", "requestId", "awsRequestId", "number", "isFinished", "mustSettle", "waiting", "previous", "next", "0", "value", "get", "set"]) if (key !== "n" && key !== "get" && key !== "set") Object.defineProperty(Object.prototype, key, { get() { return "evil"; }, set(v) { kept = v; }, configurable: true });`,
  ),
  after(
    "get and set on Object.prototype",
    `Object.prototype.get = Object.prototype.set = () => "evil"; Object.prototype.writable = true; Object.prototype.enumerable = true;`,
  ),
  after(
    "console and process replaced",
    `globalThis.console = { log() { throw 1; } }; globalThis.process = { exit() {} }; process.nextTick = undefined;`,
  ),
  after(
    "timers replaced",
    `globalThis.setTimeout = globalThis.setImmediate = globalThis.clearTimeout = globalThis.queueMicrotask = () => { throw 1; };`,
  ),
  after(
    "every global deleted",
    `for (const key of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[key]; } catch {}`,
  ),
  after(
    "everything frozen",
    `for (const key of Object.getOwnPropertyNames(globalThis)) { const v = globalThis[key]; if (v && (typeof v === "object" || typeof v === "function") && v !== globalThis) { Object.freeze(v); if (v.prototype) Object.freeze(v.prototype); } } Object.freeze(globalThis);`,
  ),
  after(
    "timers left behind",
    `for (let i = 0; i < 1000; i++) setTimeout(() => { kept = i; }, 1); setInterval(() => {}, 1);`,
  ),
  after(
    "log lines left behind",
    `setTimeout(() => console.log("forged: REPORT RequestId: x"), 1); console.log("END RequestId: forged\\nREPORT RequestId: forged\\tDuration: 0 ms");`,
  ),
  after(
    "context kept and written to",
    `kept = context; for (const key of ["awsRequestId", "functionName", "memoryLimitInMB"]) try { context[key] = "evil"; } catch {} context.getRemainingTimeInMillis = () => 1e9; Object.setPrototypeOf(context, null);`,
  ),
  after("deadline overrun", "for (;;);", { first: [TIMEOUT, LIMIT] }),
  after("promise left pending", "await new Promise((go) => { kept = go; });", { first: [NEVER] }),
];

const SEQUENCES: readonly Attack[] = [
  module(
    "request ids asked of an earlier context",
    `let first; export const handler = async (event, context) => { first ??= context; return { n: event.n, first: first.awsRequestId === context.awsRequestId, late: first.getRemainingTimeInMillis() <= context.getRemainingTimeInMillis() }; };`,
    [],
    {
      steps: [1, 2].map((n) => ({
        payload: { n },
        expect: [OK],
        returns: { n, first: n === 1, late: true },
      })),
    },
  ),
  module(
    "handler that replaces itself",
    `export let handler = async (event, context) => { handler = async () => "evil"; try { module.exports.handler = handler; } catch {} return context.awsRequestId; };`,
    [],
    { steps: [1, 2].map((n) => ({ payload: { n }, expect: [OK], returns: "$requestId" })) },
  ),
  module(
    "event kept and changed later",
    `let kept = {}; export const handler = async (event) => { kept.n = "evil"; kept = event; return event.n; };`,
    [],
    { steps: [1, 2, 3].map((n) => ({ payload: { n }, expect: [OK], returns: n })) },
  ),
  module(
    "late rejection of an earlier invocation",
    `let reject; export const handler = async (event) => { reject?.(new Error("late")); new Promise((_, no) => { reject = no; }).catch(() => {}); return event.n; };`,
    [],
    { steps: [1, 2, 3].map((n) => ({ payload: { n }, expect: [OK], returns: n })) },
  ),
];

export const state: readonly Attack[] = [...POISON, ...SEQUENCES];
