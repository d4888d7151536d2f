import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

const TYPES = `export const handler = async () =>
  [typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics.wait, new ArrayBuffer(1, { maxByteLength: 9 }).resizable];`;

it("gives no function a dangerous global that it isn't granted, also from prepared environments", async () => {
  const bench = makeBench({ cells: { count: 1, prepared: 2, spares: 0 } });
  await bench.deploy(TYPES);
  expect((await bench.succeed()).payload).toEqual(["undefined", "undefined", "undefined", false]);
  await bench.deploy(TYPES, { permissions: { wasm: true, sharedArrayBuffer: true } });
  expect((await bench.succeed()).payload).toEqual(["object", "function", "undefined", false]);
  await bench.deploy(TYPES, { permissions: { atomicsWait: true } });
  expect((await bench.succeed()).payload).toEqual(["undefined", "undefined", "function", false]);
});

it("takes permissions from the engine's defaults where a function says nothing", async () => {
  const bench = makeBench({ defaults: { permissions: { wasm: true } } });
  await bench.deploy(TYPES);
  expect((await bench.succeed()).payload).toEqual(["object", "undefined", "undefined", false]);
});

it("names the grant of WebAssembly in the failure of who misses it", async () => {
  const bench = makeBench();
  await bench.deploy(`export const handler = async () => WebAssembly.compile(new Uint8Array(8));`);
  const { error } = await bench.fail();
  expect(error).toMatchObject({
    errorType: "ReferenceError",
    errorMessage: "WebAssembly is not defined: grant it with permissions: { wasm: true }",
  });
  expect(bench.engine.permissions("fn")).toMatchObject({
    denied: [{ permission: "wasm", count: 1 }],
    leastUsed: {},
    leastAsked: { wasm: true },
  });
});

/** Every way from a text to code that the language has. */
const WAYS = {
  "indirect eval": `(0, eval)("1")`,
  "direct eval": `eval("1")`,
  "the global object's": `globalThis.eval("1")`,
  Function: `Function("return 1")()`,
  "new Function": `new Function("return 1")()`,
  "a function's constructor": `(() => {}).constructor("return 1")()`,
  "a class's constructor": `(class {}).constructor("return 1")()`,
  "a bound function's": `(function () {}).bind().constructor("return 1")()`,
  "a native function's": `Array.prototype.map.constructor("return 1")()`,
  "by Reflect": `Reflect.construct((() => {}).constructor, ["return 1"])()`,
  "an async function's": `(async () => {}).constructor("return 1")()`,
  "a generator's": `(function* () {}).constructor("yield 1")().next()`,
  "an async generator's": `(async function* () {}).constructor("yield 1")().next()`,
  "the prototype of the constructor": `Object.getPrototypeOf((async () => {}).constructor)("return 1")()`,
  "a class that extends Function": `new (class extends Function {})("return 1")()`,
  "a class that extends AsyncFunction": `new (class extends (async () => {}).constructor {})("return 1")()`,
  "its own property's descriptor": `Object.getOwnPropertyDescriptor(Function.prototype, "constructor").value("return 1")()`,
  "Function.prototype's": `Function.prototype.constructor("return 1")()`,
  "a runtime function's": `setTimeout.constructor("return 1")()`,
  "a lazily made class's": `TextDecoder.constructor.constructor("return 1")()`,
  "a proxy's": `new Proxy(() => {}, {}).constructor("return 1")()`,
  "a module's _compile": `new (require("module"))("/x.js")._compile("module.exports = 1", "/x.js")`,
  "a module's _compile, behind the runtime's back": `(() => {
    const { Function: own } = globalThis;
    globalThis.Function = class {};
    try { return new (require("module"))("/x.js")._compile("module.exports = 1", "/x.js"); } finally { globalThis.Function = own; }
  })()`,
  "a required module's": `require("path").join.constructor("return 1")()`,
};

const EVALUATES = `const ways = { ${Object.entries(WAYS)
  .map(([name, code]) => `${JSON.stringify(name)}: () => ${code}`)
  .join(",\n")} };
exports.handler = async () => {
  const results = {};
  for (const [name, way] of Object.entries(ways)) {
    try { await way(); results[name] = "made"; } catch (error) { results[name] = error.name + " " + error.code; }
  }
  return results;
};`;

describe("code made from texts", () => {
  it("is denied by every way there is, naming the grant", async () => {
    const bench = makeBench();
    await bench.deploy(EVALUATES);
    const refused = Object.fromEntries(
      Object.keys(WAYS).map((name) => [name, "EvalError ERR_ACCESS_DENIED"]),
    );
    expect((await bench.succeed()).payload).toEqual(refused);
    expect(bench.engine.permissions("fn")).toMatchObject({
      used: [],
      denied: [{ permission: "eval", detail: "eval", count: 1 }],
      leastUsed: {},
      leastAsked: { eval: true },
    });
    await bench.deploy(`export const handler = async () => new Function("return 1")();`);
    const { errorType, errorMessage } = (await bench.fail()).error;
    expect(errorType).toBe("EvalError");
    expect(errorMessage).toContain("permissions: { eval: true }");
  });

  it("is made while the function loads, and denied to what was taken then", async () => {
    const bench = makeBench();
    await bench.deploy(`const made = [${Object.values(WAYS).join(", ")}];
      const taken = { Function, evaluate: eval, Async: (async () => {}).constructor };
      exports.handler = async () => {
        const refused = Object.values(taken).map((take) => { try { return take("return 1"); } catch (error) { return error.code; } });
        return [made.length, made.slice(0, 8), refused];
      };`);
    const denied = "ERR_ACCESS_DENIED";
    expect((await bench.succeed()).payload).toEqual([
      Object.keys(WAYS).length,
      Array(8).fill(1),
      [denied, denied, denied],
    ]);
    expect(bench.engine.permissions("fn")).toMatchObject({ used: [], leastUsed: {} });
  });

  it("is made until top-level await is over", async () => {
    const bench = makeBench();
    await bench.deploy(`await new Promise((resolve) => setTimeout(resolve, 1));
      const { two } = { two: new Function("return 2")() };
      export const handler = async () => [two, typeof eval, await Promise.resolve().then(() => Function("")).catch((error) => error.code)];`);
    expect((await bench.succeed()).payload).toEqual([2, "function", "ERR_ACCESS_DENIED"]);
  });

  it("isn't what a probe for it finds while the function loads", async () => {
    const bench = makeBench();
    await bench.deploy(`const probe = (...args) => { try { return typeof new Function(...args); } catch (error) { return error.code; } };
      const found = ["", "return false", "return true;", "null"].map((text) => probe(text));
      exports.handler = async () => [found, probe("")];`);
    const denied = "ERR_ACCESS_DENIED";
    expect((await bench.succeed()).payload).toEqual([Array(4).fill(denied), denied]);
    await bench.deploy(`const made = typeof new Function(""); exports.handler = async () => made;`, {
      permissions: { eval: true },
    });
    expect((await bench.succeed()).payload).toBe("function");
  });

  it("needs no grant for texts that packages are known to make functions of", async () => {
    const bench = makeBench();
    await bench.deploy(`const load = new Function("specifier", "return import(specifier)");
      exports.handler = async () => {
        const root = Function("return this")();
        const wrap = new Function("fn", "log", "deprecate", "message", "site",
          '"use strict"\\nreturn function (arg0, arg1) {log.call(deprecate, message, site)\\nreturn fn.apply(this, arguments)\\n}');
        const said = [];
        const wrapped = wrap(function (...args) { return [this.me, ...args]; }, (...args) => said.push(args), {}, "old", "here");
        Function("r", "regeneratorRuntime = r")("runtime");
        return [
          root === globalThis, new Function('return this;')() === globalThis, (0, eval)("this") === globalThis,
          Function("return this").call("x") instanceof String, Function('"use strict"; return this')() === undefined,
          wrapped.call({ me: 1 }, 2, 3), wrapped.length, said, regeneratorRuntime,
          (await load("node:path")).basename("/a/b"), (await new Function("s", "return import(s)")("node:path")).sep,
          [["return this.x"], ["a", "return this"], ["r", "regeneratorRuntime = q"], [{ toString: () => "return this" }]].map((args) => {
            try { return typeof Function(...args); } catch (error) { return error.code; }
          }),
        ];
      };`);
    const denied = "ERR_ACCESS_DENIED";
    expect((await bench.succeed()).payload).toEqual([
      ...[true, true, true, true, true],
      ...[[1, 2, 3], 2, [["old", "here"]], "runtime"],
      ...["b", "/", [denied, denied, denied, denied]],
    ]);
  });

  it("is made where it is granted, and reported as used", async () => {
    const bench = makeBench();
    await bench.deploy(EVALUATES, { permissions: { eval: true } });
    const made = Object.fromEntries(Object.keys(WAYS).map((name) => [name, "made"]));
    expect((await bench.succeed()).payload).toEqual(made);
    expect(bench.engine.permissions("fn")).toMatchObject({
      granted: { eval: true, net: false },
      used: [{ permission: "eval", count: 1 }],
      denied: [],
      leastUsed: { eval: true },
    });
  });

  it("sees local variables by a direct eval where it is granted", async () => {
    const bench = makeBench();
    await bench.deploy(
      `exports.handler = async (event) => { const local = event + 1; return eval("local"); };`,
      {
        permissions: { eval: true },
      },
    );
    expect((await bench.succeed(1)).payload).toBe(2);
  });

  it("leaves functions what they are where it is denied", async () => {
    const bench = makeBench();
    await bench.deploy(`const plain = () => {};
      exports.handler = async () => [
        plain instanceof Function,
        plain.constructor === Function,
        Function.name,
        Function.prototype === Object.getPrototypeOf(plain),
        (async () => {}).constructor.name,
        Object.getPrototypeOf((async () => {}).constructor) === Function,
        eval(5),
        Object.prototype.toString.call(Function),
        Object.keys(globalThis).includes("eval"),
      ];`);
    expect((await bench.succeed()).payload).toEqual([
      true,
      true,
      "Function",
      true,
      "AsyncFunction",
      true,
      5,
      "[object Function]",
      false,
    ]);
  });
});

it("reports each version's permissions by itself", async () => {
  const bench = makeBench();
  await bench.deploy(`export const handler = async () => { try { eval("1"); } catch {} };`);
  await bench.succeed();
  await bench.deploy(`export const handler = async () => 1;`);
  await bench.succeed();
  expect(bench.engine.permissions("fn:1").denied).toHaveLength(1);
  expect(bench.engine.permissions("fn")).toMatchObject({ functionVersion: "2", denied: [] });
  expect(() => bench.engine.permissions("none")).toThrow("none");
});
