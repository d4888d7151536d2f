import { describe, expect, it } from "vitest";
import { Guest } from "./support/guest.ts";

/** What hostile or careless code does to the language before it uses the runtime. */
const poison = `(() => {
  const evil = () => { throw new Error("poisoned"); };
  const wrong = () => "poisoned";
  const { defineProperty } = Object;
  const methods = [
    [Array.prototype, ["push", "join", "map", "slice", "forEach", "shift"]],
    [Map.prototype, ["get", "set", "has", "delete", "forEach"]],
    [Set.prototype, ["add", "has", "delete"]],
    [String.prototype, ["slice", "split", "indexOf", "includes", "toUpperCase", "replace", "charCodeAt", "startsWith"]],
    [Promise.prototype, ["then", "catch", "finally"]],
    [Function.prototype, ["call", "apply", "bind"]],
    [RegExp.prototype, ["exec", "test"]],
    [Number.prototype, ["toString"]],
  ];
  for (let i = 0; i < methods.length; i++) {
    const names = methods[i][1];
    for (let j = 0; j < names.length; j++) methods[i][0][names[j]] = evil;
  }
  const accessor = { __proto__: null, get: evil, set: evil, configurable: true };
  const value = (value) => ({ __proto__: null, value, configurable: true, writable: true });
  defineProperty(Map.prototype, "size", accessor);
  defineProperty(Promise.prototype, "constructor", accessor);
  defineProperty(Promise, Symbol.species, accessor);
  defineProperty(Error, Symbol.hasInstance, value(evil));
  defineProperty(Array.prototype, Symbol.iterator, value(evil));
  defineProperty(Array.prototype, "toJSON", value(wrong));
  defineProperty(Array.prototype, 0, accessor);
  const keys = ["get", "set", "value", "writable", "configurable", "enumerable", "toJSON", "message", "errorType"];
  for (let i = 0; i < keys.length; i++) defineProperty(Object.prototype, keys[i], accessor);
  JSON.stringify = wrong; JSON.parse = wrong;
  Date.now = () => -1; Math.trunc = Math.max = Math.min = Math.floor = () => -7; Number.isInteger = () => false;
  Reflect.apply = Reflect.defineProperty = Object.defineProperty = Object.keys = Object.create = Object.assign = evil;
  globalThis.String = globalThis.Number = globalThis.Map = globalThis.Promise = globalThis.Error = wrong;
  globalThis.Uint8Array = globalThis.BigInt = globalThis.TypeError = wrong;
})();`;

/** Uses everything of the runtime's core that sends or asks. */
const use = `
  console.log("plain"); console.warn("several", 1, null, true); console.count(); console.assert(false, "assertion");
  const kept = setTimeout((a) => console.log("timer", a), 20.7, "arg"); kept.refresh(); kept.unref(); kept.ref();
  clearTimeout(+setTimeout(() => {}, 7)); setImmediate(() => { throw "thrown" });
  setInterval(() => console.log("interval"), 5);
  queueMicrotask(() => console.log("microtask")); process.nextTick((x) => console.log("tick", x), 1);
  process.stdout.write("a\\nb\\n"); process.env.X = 5; console.log(process.env.X);
  process.emitWarning("warned"); process.on("exit", () => console.log("exiting"));
  crypto.randomUUID(); crypto.getRandomValues(new Int32Array(4)); performance.now(); process.hrtime();
`;

const run = (format: "text" | "json", before: string): unknown => {
  using guest = new Guest({ format });
  // What is lazy is made first, as the runtime's own code is what is under test.
  guest.run(`process; crypto; performance; ${before}`);
  guest.run(use);
  guest.call("setCurrentRequest", "r2");
  for (const { id } of guest.timers()) guest.fire(id);
  for (const { id } of guest.timers()) guest.fire(id);
  const pending = guest.call("pendingTimers");
  guest.run(`try { process.exit(3) } catch {}`);
  return { sent: guest.sent, asked: guest.asked, pending };
};

describe("a runtime whose language was replaced under it", () => {
  it.each(["text", "json"] as const)("tells the host the same, in %s", (format) => {
    expect(run(format, poison)).toEqual(run(format, ""));
  });

  it("describes errors the same in JSON", () => {
    const described = (before: string): unknown => {
      using guest = new Guest({ format: "json" });
      guest.run(
        `globalThis.error = new TypeError("bad"); error.stack = "TypeError: bad\\n    at x"; 
        Object.defineProperty(error, "toJSON", { value: undefined }); ${before}`,
      );
      guest.run(`console.error(error)`);
      return guest.sent;
    };
    expect(described(poison)).toEqual(described(""));
  });

  it("sends nothing but texts when formatting itself is broken", () => {
    using guest = new Guest();
    guest.run(
      `${poison} try { console.log({ a: 1 }, "%s") } catch {} try { console.log("%s", 1) } catch {} console.log("still")`,
    );
    expect(
      guest.sent.every(
        ({ kind, a, text }) => [typeof kind, typeof a, typeof text].join() === "number,number,string",
      ),
    ).toBe(true);
    expect(guest.logs().at(-1)).toBe("still");
  });

  it("asks about URLs in texts of its own making, even when the URL classes are loaded late", () => {
    using guest = new Guest();
    guest.run(`JSON.stringify = () => '["http://evil/"]'; JSON.parse = () => ({ href: "x" });
      globalThis.href = new URL("b", "http://a/").href`);
    expect(guest.run("href")).toBe("http://a/b");
  });

  it("gives user code no hold of the chunks' variable", () => {
    using guest = new Guest();
    guest.run(`globalThis.got = []; Object.defineProperty(globalThis, "__isoletChunk", {
      configurable: true, get() { got.push("get"); return { format: () => "mine" }; }, set() { got.push("set"); } });
      console.log("%s", 1)`);
    expect(guest.logs()).toEqual(["1"]);
    expect(guest.json("got")).toEqual([]);
  });
});
