import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

const VANDALS: readonly (readonly [name: string, damage: string])[] = [
  ["JSON", `JSON.stringify = () => "evil"; JSON.parse = () => ({ evil: 1 });`],
  ["Promise.prototype.then", `Promise.prototype.then = function () { return "evil"; };`],
  ["Promise", `globalThis.Promise = class {}; Promise.resolve = undefined;`],
  [
    "a promise's species",
    `Object.defineProperty(Promise, Symbol.species, { value: class extends Promise { constructor(run) { super((a, b) => { globalThis.stolen = [a, b]; run(a, b); }); } } });`,
  ],
  [
    "setters on Object.prototype",
    `for (const key of ["value", "text", "number", "requestId", "awsRequestId", "0", "errorType", "payload", "mustSettle", "waiting"]) Object.defineProperty(Object.prototype, key, { set(v) { globalThis.caught = v; }, get() { return "evil"; }, configurable: true });`,
  ],
  [
    "toJSON everywhere",
    `Object.prototype.toJSON = Array.prototype.toJSON = String.prototype.toJSON = () => "evil";`,
  ],
  [
    "Map and Array methods",
    `Map.prototype.get = Map.prototype.set = Map.prototype.delete = () => undefined; Array.prototype.push = Array.prototype.join = () => { throw new Error("evil"); };`,
  ],
  ["iterators", `Array.prototype[Symbol.iterator] = function* () { yield "evil"; };`],
  [
    "String and Reflect functions",
    `String.prototype.slice = String.prototype.split = () => "evil"; Reflect.get = Reflect.apply = () => "evil"; globalThis.String = () => "evil";`,
  ],
  [
    "Function.prototype",
    `Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => "evil";`,
  ],
  ["time", `Date.now = () => 0; performance.now = () => NaN; globalThis.Date = undefined;`],
  [
    "every writable global",
    `for (const key of Object.getOwnPropertyNames(globalThis)) if (key !== "globalThis") try { globalThis[key] = undefined; } catch {}`,
  ],
  [
    "every global by deletion",
    `for (const key of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[key]; } catch {}`,
  ],
  [
    "Object.prototype by freezing",
    `Object.freeze(Object.prototype); Object.freeze(Array.prototype); Object.freeze(globalThis);`,
  ],
];

describe("a guest that replaced", () => {
  // The damage is done once, in an invocation of its own; what the next one needs is taken before.
  it.each(VANDALS)("%s harms no invocation's id, event, result or meter record", async (_name, damage) => {
    const bench = makeBench();
    await bench.deploy(
      `const { isArray } = Array, OwnError = RangeError;
      export const handler = async (event, context) => {
        if (event.damage) { ${damage}\n return; }
        if (event.fail) throw new OwnError("own fault");
        return { id: context.awsRequestId, n: event.n, list: isArray(event.list), name: context.functionName };
      };`,
    );
    await bench.invoke({ damage: true });
    const result = await bench.invoke({ n: 7, list: [1] });
    const text = JSON.stringify(result.status === "succeeded" ? result.payload : result.error);
    const record = bench.meters[1];
    expect(record).toMatchObject({ requestId: result.requestId, functionName: "fn", functionVersion: "1" });
    expect(record?.bytesIn).toBe(Buffer.byteLength('{"n":7,"list":[1]}'));
    expect(record?.bytesOut).toBe(result.status === "succeeded" ? Buffer.byteLength(text) : 0);
    // A guest may spoil its own results by what JSON itself looks up (toJSON), and nothing but those.
    if (damage.includes("toJSON")) expect(text).toBe('"evil"');
    else expect(JSON.parse(text)).toEqual({ id: result.requestId, n: 7, list: true, name: "fn" });
    const failed = await bench.fail({ fail: true });
    expect(failed.error.errorType).toBe("RangeError");
    expect(failed.error.errorMessage).toBe("own fault");
    expect(bench.meters).toHaveLength(3);
    expect(bench.meters[2]).toMatchObject({ outcome: "failed", errorType: "RangeError" });
  });

  it("anything harms no other environment", async () => {
    const bench = makeBench();
    await bench.deploy(
      `JSON.stringify = () => "evil"; Object.prototype.x = 1; export const handler = async () => 1;`,
    );
    await bench.engine.deploy("good", {
      code: { source: `export const handler = async () => [JSON.stringify([1]), ({}).x ?? null];` },
    });
    await bench.succeed();
    expect(await bench.engine.invoke("good")).toMatchObject({ payload: ["[1]", null] });
  });
});

/** Walks everything reachable from what the runtime hands a guest, and reports what is not of its own realm. */
const WALK = `
const FunctionOfGuest = Function, ObjectOfGuest = Object;
const realm = new Set();
function foreign(roots) {
  const seen = new Set(), found = [], todo = [...roots];
  while (todo.length > 0) {
    const [path, value] = todo.pop();
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) continue;
    seen.add(value);
    if (typeof value === "function") {
      let made;
      try { made = Object.getPrototypeOf(value).constructor("return typeof process + typeof require")(); } catch (e) { made = String(e); }
      let chain = value, steps = 0;
      while (chain !== null && chain !== FunctionOfGuest.prototype && steps++ < 20) chain = Object.getPrototypeOf(chain);
      if (chain !== FunctionOfGuest.prototype) found.push(path + " is no function of the guest");
      if (typeof made === "string" && made.includes("undefined") === false && made.includes("Error") === false) found.push(path + " makes " + made);
    }
    let top = value, steps = 0;
    while (top !== null && steps++ < 50) { const next = Object.getPrototypeOf(top); if (next === null) break; top = next; }
    if (top !== ObjectOfGuest.prototype && Object.getPrototypeOf(value) !== null) found.push(path + " has a foreign prototype");
    for (const key of Reflect.ownKeys(value)) {
      let descriptor;
      try { descriptor = Reflect.getOwnPropertyDescriptor(value, key); } catch { continue; }
      if (!descriptor) continue;
      const name = path + "." + String(key);
      if ("value" in descriptor) todo.push([name, descriptor.value]);
      else {
        todo.push([name + "<get>", descriptor.get], [name + "<set>", descriptor.set]);
        try { todo.push([name, value[key]]); } catch {}
      }
    }
    todo.push([path + ".__proto__", Object.getPrototypeOf(value)]);
  }
  return { found, seen: seen.size };
}
`;

describe("what the runtime hands a guest", () => {
  it.each(["nodejs22.x", "nodejs24.x"] as const)(
    "is all of the guest's own realm, under %s",
    async (runtime) => {
      const bench = makeBench();
      const parameters = runtime === "nodejs22.x" ? "event, context, callback" : "event, context";
      await bench.deploy(
        `${WALK}
      exports.handler = async function (${parameters}) {
        const list = [];
        for (let i = 0; i < arguments.length; i++) list.push(["arg" + i, arguments[i]]);
        try { null.x; } catch (e) { list.push(["error", e]); }
        try { new URL(":"); } catch (e) { list.push(["url error", e]); }
        try { require("nothing"); } catch (e) { list.push(["require error", e]); }
        try { structuredClone(() => 1); } catch (e) { list.push(["clone error", e]); }
        list.push(["timer", setTimeout(() => {}, 0)], ["require", require], ["module", module], ["exports", exports]);
        list.push(["buffer", Buffer.from("x")], ["url", new URL("https://a.b/?c")], ["cloned", structuredClone(new Map())]);
        list.push(["random", crypto.getRandomValues(new Uint8Array(1))], ["global", globalThis]);
        return foreign(list);
      };`,
        { runtime, timeoutMs: 20_000 },
      );
      const payload = (
        await bench.succeed({ a: [1] }, { clientContext: { b: 1 }, identity: { c: 1 }, tenant: "t" })
      ).payload as { found: string[]; seen: number };
      expect(payload.found).toEqual([]);
      expect(payload.seen).toBeGreaterThan(500);
    },
  );

  it("gives no way to the host: no isolated-vm, no real process, no names of isolet's", async () => {
    const bench = makeBench();
    await bench.deploy(
      `const out = {};
      const all = new Set();
      for (let o = globalThis; o; o = Object.getPrototypeOf(o)) for (const k of Reflect.ownKeys(o)) all.add(String(k));
      out.names = [...all].filter((k) => /isolet|ivm|isolated/i.test(k));
      out.made = Function("return [typeof require, typeof process.mainModule]")();
      out.refused = ["binding", "dlopen", "kill", "chdir"].map((name) => {
        try { process[name](name === "chdir" ? "/etc" : 1, "SIGKILL"); return name; } catch (e) { return e.code; }
      });
      out.symbols = Object.getOwnPropertySymbols(globalThis).map(String);
      out.stack = new Error("x").stack;
      try { (function f() { f(); })(); } catch (e) { out.deep = [e instanceof RangeError, e.constructor.constructor === Function]; }
      export const handler = async () => out;`,
      { permissions: { eval: true } },
    );
    const payload = (await bench.succeed()).payload as Record<string, unknown>;
    expect(payload["names"]).toEqual([]);
    expect(payload["made"]).toEqual(["undefined", "undefined"]);
    expect(payload["refused"]).toEqual(expect.arrayContaining([expect.stringMatching(/^E/)]));
    expect(payload["refused"]).not.toContainEqual(expect.stringMatching(/^[a-z]/));
    expect(payload["deep"]).toEqual([true, true]);
    expect(payload["stack"]).not.toMatch(/node_modules|dist\/|src\/cell/);
    expect(payload["symbols"]).not.toContainEqual(expect.stringMatching(/isolet/));
  });

  it("cannot be imported by the names that the cell uses itself", async () => {
    const bench = makeBench();
    for (const name of ["isolet:runtime", "isolet:user", "isolet:glue"]) {
      await bench.deploy(
        `import * as all from "${name}"; export const handler = async () => Object.keys(all);`,
      );
      const { error } = await bench.fail();
      expect(error.errorType).toBe("Runtime.ImportModuleError");
    }
    await bench.deploy(
      `export const handler = async () => { try { return Object.keys(await import("isolet:runtime")); } catch (e) { return e.constructor.constructor === Function; } };`,
    );
    expect((await bench.succeed()).payload).toBe(true);
  });

  it("keeps one environment's globals from the next one's", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async (e) => { if (e === "set") { globalThis.leak = 1; process.env.LEAK = "1"; process.exit(1); } return [typeof leak, process.env.LEAK ?? null]; };`,
    );
    await bench.fail("set");
    expect(await bench.succeed()).toMatchObject({ payload: ["undefined", null], coldStart: true });
  });
});
