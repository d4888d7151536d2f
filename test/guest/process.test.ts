import { afterAll, describe, expect, it } from "vitest";
import { GuestMessage, GuestQuestion } from "../../src/guest/contract.ts";
import { Guest } from "./support/guest.ts";

const guest = new Guest({ environment: { A: "1" } });
afterAll(() => guest[Symbol.dispose]());

describe("process", () => {
  it("has the environment as texts", () => {
    using fresh = new Guest({ environment: { A: "1", B: "x" } });
    expect(fresh.json("process.env")).toEqual({ A: "1", B: "x" });
    fresh.run(
      `process.env.N = 5; process.env.U = undefined; process.env["O"] = { toString: () => "o" }; delete process.env.A`,
    );
    fresh.run(
      `Object.assign(process.env, { T: true }); Object.defineProperty(process.env, "D", { value: 7, writable: true, enumerable: true, configurable: true })`,
    );
    expect(fresh.json("process.env")).toEqual({ B: "x", N: "5", U: "undefined", O: "o", T: "true", D: "7" });
    expect(
      fresh.json(`["A" in process.env, process.env.A === undefined, Object.keys(process.env).length]`),
    ).toEqual([...[false, true, 6]]);
    expect(fresh.run(`try { process.env.S = Symbol() } catch (error) { error.name }`)).toBe("TypeError");
  });

  it.each([
    ["nodejs22.x", "v22.0.0"],
    ["nodejs24.x", "v24.0.0"],
  ])("has the version of %s", (runtime, version) => {
    using fresh = new Guest({ runtime });
    expect(fresh.json("[process.version, 'v' + process.versions.node]")).toEqual([version, version]);
  });

  it("describes Lambda's machine", () => {
    expect(
      guest.json("[process.platform, process.arch, process.pid, process.cwd(), typeof process.argv[0]]"),
    ).toEqual([...["linux", "x64", 1, "/var/task", "string"]]);
    expect(
      guest.json("[process.release.name, process.title, Object.prototype.toString.call(process)]"),
    ).toEqual([...["node", "/var/lang/bin/node", "[object process]"]]);
  });

  it("tells time by the environment's clock", () => {
    guest.nowMs = 1234.567891;
    expect(guest.json("[process.uptime(), process.hrtime(), process.hrtime.bigint().toString()]")).toEqual([
      ...[1.234567891, [1, 234567891], "1234567891"],
    ]);
    expect(guest.json("process.hrtime([1, 234567000])")).toEqual([0, 891]);
    expect(guest.json("process.hrtime([0, 999999999])")).toEqual([0, 234567892]);
    expect(guest.json("[performance.now(), performance.toJSON()]")).toEqual([
      1234.567891,
      { timeOrigin: expect.any(Number) as number },
    ]);
    expect(guest.json("Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 10_000")).toBe(
      true,
    );
  });

  it("exits: tells the host, and runs nothing after it", () => {
    using fresh = new Guest();
    fresh.run(`globalThis.ran = []; process.on("exit", (code) => ran.push(code));
      setTimeout(() => { ran.push("before"); process.exit(3); ran.push("after"); })`);
    fresh.fireAll();
    expect(fresh.messages(GuestMessage.Exit)).toEqual([{ kind: GuestMessage.Exit, a: 3, text: "" }]);
    expect(fresh.json("ran")).toEqual(["before", 3]);
    expect(fresh.uncaught()).toEqual([]);
  });

  it.each([
    ["process.exit()", 0],
    ["process.exitCode = 4; process.exit()", 4],
    ["process.exit('5')", 5],
    ["process.exit(null)", 0],
  ])("exits by %s with %d", (code, expected) => {
    using fresh = new Guest();
    fresh.run(`try { ${code} } catch {}`);
    expect(fresh.messages(GuestMessage.Exit).map(({ a }) => a)).toEqual([expected]);
  });

  it("refuses an exit code that is none", () => {
    using fresh = new Guest();
    expect(fresh.run(`try { process.exit("x") } catch (error) { error.code }`)).toBe("ERR_INVALID_ARG_TYPE");
    expect(fresh.sent).toEqual([]);
  });

  it("emits to listeners", () => {
    expect(
      guest.json(`((o) => {
        const add = (name) => (...args) => o.push([name, ...args]);
        const off = add("off");
        process.on("e", add("on")).once("e", add("once")).addListener("e", off);
        o.push(process.emit("e", 1), process.listenerCount("e"));
        process.off("e", off).emit("e", 2);
        process.removeAllListeners("e");
        return [...o, process.emit("e"), process.listeners("e"), process.eventNames()];
      })([])`),
    ).toEqual([["on", 1], ["once", 1], ["off", 1], true, 2, ["on", 2], false, [], []]);
  });

  it("warns on the console", () => {
    using fresh = new Guest();
    fresh.run(`process.on("warning", (w) => console.log(w.name)); process.emitWarning("old", "DeprecationWarning");
      process.emitWarning(new RangeError("far")); process.emitWarning("plain", { type: "Mine" })`);
    expect(fresh.logs().filter((text) => text.startsWith("(node"))).toEqual([
      ...["(node:1) DeprecationWarning: old", "(node:1) RangeError: far", "(node:1) Mine: plain"],
    ]);
  });
});

describe("crypto", () => {
  it("gives random UUIDs and bytes", () => {
    expect(guest.run("crypto.randomUUID()")).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
    expect(
      guest.json("((a) => [crypto.getRandomValues(a) === a, new Set(a).size > 200])(new Uint8Array(65536))"),
    ).toEqual([...[true, true]]);
    expect(
      guest.json("[...crypto.getRandomValues(new Uint32Array(8).subarray(2, 4))].some((n) => n > 65536)"),
    ).toBe(true);
    expect(
      guest.json(
        "((a) => { crypto.getRandomValues(a.subarray(1, 3)); return [a[0], a[3]]; })(new Uint8Array(4))",
      ),
    ).toEqual([...[0, 0]]);
    expect(guest.json("typeof crypto.subtle.digest")).toBe("function");
  });

  it.each([
    ["new Uint8Array(65537)", "QuotaExceededError"],
    ["new Float64Array(1)", "TypeMismatchError"],
    ["[1, 2]", "TypeError"],
    ["undefined", "TypeError"],
  ])("refuses %s", (argument, name) => {
    expect(
      guest.run(`try { crypto.getRandomValues(${argument}); "none" } catch (error) { error.name }`),
    ).toBe(name);
  });

  it("asks the host for as many bytes as are needed", () => {
    using fresh = new Guest();
    fresh.run("crypto.getRandomValues(new Uint16Array(3)); crypto.getRandomValues(new Uint8Array(0))");
    expect(fresh.asked).toEqual([{ kind: GuestQuestion.RandomBytes, text: "6" }]);
  });
});

describe("built-in modules", () => {
  it.each(["buffer", "process", "timers", "timers/promises", "url", "module"])(
    "have %s with and without node:",
    (name) => {
      using fresh = new Guest();
      fresh.call("builtin", name);
      fresh.run("globalThis.bare = builtin");
      fresh.call("builtin", `node:${name}`);
      expect(fresh.run("bare === builtin && bare !== undefined")).toBe(true);
    },
  );

  it("are the globals", () => {
    using fresh = new Guest();
    fresh.call("exposeRequire");
    expect(
      fresh.json(`[
        require("buffer").Buffer === Buffer, require("process") === process, require("node:url").URL === URL,
        require("timers").setTimeout === setTimeout, require("timers").promises === require("timers/promises"),
        require("module").createRequire("/var/task/index.js")("url") === require("url"), require("buffer").atob === atob,
      ]`),
    ).toEqual(Array(7).fill(true));
  });

  it("are no others", () => {
    using fresh = new Guest();
    fresh.call("exposeRequire");
    expect(fresh.run(`try { require("express") } catch (e) { e.code + ": " + e.message }`)).toBe(
      "MODULE_NOT_FOUND: Cannot find module 'express'",
    );
    expect(
      fresh.run(`require("module").createRequire.length >= 0 && ["toString", "__proto__", "node:", ""].map((n) => {
      try { return typeof require(n) } catch (e) { return e.code } }).join()`),
    ).toBe(Array(4).fill("MODULE_NOT_FOUND").join());
  });
});

describe("the globals", () => {
  it("lack what escapes the limits", () => {
    expect(
      guest.json(
        `[typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics.wait, typeof Atomics.waitAsync]`,
      ),
    ).toEqual(Array(4).fill("undefined"));
  });

  it("have buffers that keep their length", () => {
    expect(
      guest.json(`[
        new ArrayBuffer(8, { maxByteLength: 2 ** 30 }).resizable,
        new (new Uint8Array(1).buffer.constructor)(8, { maxByteLength: 64 }).resizable,
        new (class extends ArrayBuffer {})(8, { maxByteLength: 64 }).resizable,
        Reflect.construct(ArrayBuffer, [8, { maxByteLength: 64 }]).resizable,
        new ArrayBuffer(8) instanceof ArrayBuffer, new Uint8Array(4).buffer instanceof ArrayBuffer,
        new ArrayBuffer(8).slice(2).byteLength, ArrayBuffer.isView(new Uint8Array(1)), ArrayBuffer.name,
      ]`),
    ).toEqual([false, false, false, false, true, true, 6, true, "ArrayBuffer"]);
    expect(guest.run(`try { ArrayBuffer(8) } catch (error) { error.name }`)).toBe("TypeError");
  });

  it("can be replaced and deleted, loaded or not", () => {
    using fresh = new Guest();
    const kinds =
      fresh.json(`["URL", "TextEncoder", "Buffer", "process", "console", "setTimeout", "structuredClone"].map((name) => {
      globalThis[name] = 5;
      const replaced = globalThis[name];
      return [replaced, delete globalThis[name], typeof globalThis[name]].join();
    })`);
    expect(kinds).toEqual(Array(7).fill("5,true,undefined"));
    expect(fresh.loadedChunks()).toEqual([]);
  });

  it("load nothing until they are used", () => {
    using fresh = new Guest();
    fresh.run(`typeof atob; typeof structuredClone; Object.keys(globalThis); console.log("a", 1);
      setTimeout(() => {}); process.env.A; crypto.randomUUID(); queueMicrotask(() => {})`);
    expect(fresh.loadedChunks()).toEqual([]);
    fresh.run(`new TextEncoder().encode("a"); new TextDecoder(); structuredClone({}); structuredClone([])`);
    expect(fresh.loadedChunks()).toEqual(["encoding", "web-structured-clone", "web"]);
  });

  it("leave nothing of the runtime behind", () => {
    using fresh = new Guest();
    fresh.run(
      `new URL("a:b"); structuredClone(1); console.log({}); Buffer.from(""); new AbortController(); new TextDecoder()`,
    );
    const names = fresh.json("Reflect.ownKeys(globalThis).map(String)") as string[];
    expect(names.filter((name) => /isolet|core-js/i.test(name))).toEqual([]);
  });

  it("know the current request under the symbols of Lambda's runtime", () => {
    using fresh = new Guest();
    fresh.call("setCurrentRequest", "r1", "t1");
    expect(
      fresh.json(`["requestId", "tenantId"].map((n) => globalThis[Symbol.for("aws.lambda.runtime." + n)])`),
    ).toEqual([...["r1", "t1"]]);
  });

  it("include global", () => {
    expect(guest.run("global === globalThis")).toBe(true);
  });
});
