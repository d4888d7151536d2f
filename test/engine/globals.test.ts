import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

describe("a guest's globals", () => {
  it.each([
    ["setTimeout with arguments", `new Promise((r) => setTimeout(r, 1, "late"))`, "late"],
    [
      "clearTimeout",
      `new Promise((r) => { const t = setTimeout(r, 1, "no"); clearTimeout(t); setTimeout(r, 3, "yes"); })`,
      "yes",
    ],
    [
      "setInterval and clearInterval",
      `new Promise((r) => { let n = 0; const i = setInterval(() => { if (++n === 3) { clearInterval(i); r(n); } }, 1); })`,
      3,
    ],
    ["setImmediate", `new Promise((r) => setImmediate(r, "now"))`, "now"],
    [
      "the order of ticks, microtasks and timers",
      `new Promise((r) => { const o = []; setTimeout(() => r([...o, "timer"]), 0); queueMicrotask(() => o.push("micro")); process.nextTick(() => o.push("tick")); o.push("sync"); })`,
      ["sync", "tick", "micro", "timer"],
    ],
    [
      "structuredClone",
      `(() => { const m = new Map([["d", new Date(0)]]); const c = structuredClone(m); return [c !== m, c.get("d").getTime(), c instanceof Map]; })()`,
      [true, 0, true],
    ],
    [
      "structuredClone of a function",
      `(() => { try { structuredClone(() => 1); } catch (e) { return e.name; } })()`,
      "DataCloneError",
    ],
    [
      "TextEncoder and TextDecoder",
      `new TextDecoder().decode(new TextEncoder().encode("grüß 😀"))`,
      "grüß 😀",
    ],
    [
      "a fatal TextDecoder",
      `(() => { try { new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([255])); } catch (e) { return e.name; } })()`,
      "TypeError",
    ],
    [
      "URL",
      `(() => { const u = new URL("../b?x=1#h", "https://a.example/c/d"); return [u.href, u.pathname, u.searchParams.get("x"), u.hash]; })()`,
      ["https://a.example/b?x=1#h", "/b", "1", "#h"],
    ],
    [
      "URL's setters",
      `(() => { const u = new URL("https://a.example/"); u.protocol = "http"; u.port = "8080"; u.pathname = "/x y"; u.searchParams.append("q", "ä"); u.hash = "end"; u.hostname = "bücher.example"; return u.href; })()`,
      "http://xn--bcher-kva.example:8080/x%20y?q=%C3%A4#end",
    ],
    [
      "an invalid URL",
      `(() => { try { new URL("nope"); } catch (e) { return [e.name, e.code]; } })()`,
      ["TypeError", "ERR_INVALID_URL"],
    ],
    [
      "URLSearchParams",
      `[...new URLSearchParams("a=1&b=2&a=3")].length + new URLSearchParams({ q: "x y" }).toString()`,
      "3q=x+y",
    ],
    ["atob and btoa", `[btoa("hi"), atob("aGk=")]`, ["aGk=", "hi"]],
    [
      "crypto.randomUUID",
      `/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()) && crypto.randomUUID() !== crypto.randomUUID()`,
      true,
    ],
    [
      "crypto.getRandomValues",
      `(() => { const a = new Uint32Array(8); return crypto.getRandomValues(a) === a && a.some((n) => n > 0); })()`,
      true,
    ],
    [
      "performance.now",
      `(() => { const a = performance.now(); let b = a; while (b === a) b = performance.now(); return b > a; })()`,
      true,
    ],
    [
      "Buffer",
      `[Buffer.from("grüß").toString("base64"), Buffer.concat([Buffer.alloc(1), Buffer.from([7])]).readUInt16BE(0), Buffer.byteLength("ß")]`,
      ["Z3LDvMOf", 7, 2],
    ],
    [
      "AbortController",
      `(() => { const a = new AbortController(); a.abort(new Error("why")); return [a.signal.aborted, a.signal.reason.message]; })()`,
      [true, "why"],
    ],
    [
      "EventTarget",
      `(() => { const t = new EventTarget(); let n = 0; t.addEventListener("x", () => n++, { once: true }); t.dispatchEvent(new Event("x")); t.dispatchEvent(new Event("x")); return n; })()`,
      1,
    ],
    ["globalThis and global", `globalThis === global`, true],
    ["Intl", `new Intl.NumberFormat("de").format(1234.5)`, "1.234,5"],
    ["the time zone, UTC as in Lambda", `new Date(0).getHours()`, new Date(0).getUTCHours()],
    [
      "no WebAssembly, SharedArrayBuffer, Atomics.wait and gc",
      `[typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics.wait, typeof gc]`,
      ["undefined", "undefined", "undefined", "undefined"],
    ],
    [
      "no buffers that grow",
      `(() => { const b = new ArrayBuffer(8, { maxByteLength: 1024 }); return [b.byteLength, b.resizable]; })()`,
      [8, false],
    ],
  ])("have %s", async (_name, expression, expected) => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => (${expression});`);
    expect((await bench.succeed()).payload).toEqual(expected);
  });

  it("are there during init too", async () => {
    const bench = makeBench();
    await bench.deploy(
      `const id = crypto.randomUUID(), host = new URL("https://a.example/").host, b = Buffer.from("x").length;
      await new Promise((r) => setTimeout(r, 1));
      export const handler = async () => [typeof id, host, b];`,
    );
    expect((await bench.succeed()).payload).toEqual(["string", "a.example", 1]);
  });

  it("differ from environment to environment in what is random", async () => {
    const bench = makeBench({ cells: { count: 1, prepared: 2 } });
    await bench.deploy(
      `const all = [Math.random(), crypto.randomUUID()]; export const handler = async () => { await new Promise((r) => setTimeout(r, 20)); return all; };`,
    );
    const results = await Promise.all([bench.succeed(), bench.succeed()]);
    const [a, b] = results.map(({ payload }) => payload as [number, string]);
    expect(results.every(({ coldStart }) => coldStart)).toBe(true);
    expect(a?.[0]).not.toBe(b?.[0]);
    expect(a?.[1]).not.toBe(b?.[1]);
  });
});

describe("timers between invocations", () => {
  it("stand still, and go on in the next one", async () => {
    const bench = makeBench();
    await bench.deploy(
      `let fired = 0;
      export const handler = async (event) => {
        if (event === "set") { setTimeout(() => { fired++; }, 1); return fired; }
        if (event === "look") return fired;
        await new Promise((r) => setTimeout(r, 20));
        return fired;
      };`,
    );
    expect((await bench.succeed("set")).payload).toBe(0);
    // Another function's whole life passes on the same thread meanwhile.
    await bench.engine.deploy("other", {
      code: { source: `export const handler = () => new Promise((r) => setTimeout(r, 20));` },
    });
    await bench.engine.invoke("other");
    expect((await bench.succeed("look")).payload).toBe(0);
    expect((await bench.succeed("wait")).payload).toBe(1);
  });

  it("that were set during init go on in the first invocation", async () => {
    const bench = makeBench();
    await bench.deploy(
      `let ticks = 0; setInterval(() => { ticks++; }, 1);
      export const handler = async () => { const before = ticks; await new Promise((r) => setTimeout(r, 20)); return ticks > before; };`,
    );
    expect((await bench.succeed()).payload).toBe(true);
    expect((await bench.succeed()).payload).toBe(true);
  });
});
