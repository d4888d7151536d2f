import { describe, expect, it } from "vitest";
import { GuestMessage } from "../../src/guest/contract.ts";
import { Guest } from "./support/guest.ts";

const { SetTimer, ClearTimer } = GuestMessage;

describe("timers", () => {
  it("are set with the host, and call back with their arguments", () => {
    using guest = new Guest();
    guest.run(`globalThis.calls = []; setTimeout((...args) => calls.push(args), 20, "a", 1)`);
    expect(guest.sent).toEqual([{ kind: SetTimer, a: 1, text: "20" }]);
    guest.fireAll();
    expect(guest.json("calls")).toEqual([["a", 1]]);
    expect(guest.timers()).toEqual([]);
  });

  it.each([
    ["0", 1],
    ["undefined", 1],
    ["-5", 1],
    ["NaN", 1],
    ["'7'", 7],
    ["1.9", 1],
    ["2 ** 31 - 1", 2 ** 31 - 1],
    ["2 ** 31", 1],
    ["Infinity", 1],
    ["null", 1],
    ["[3]", 3],
  ])("have the delay %s as %d ms", (delay, expected) => {
    using guest = new Guest();
    guest.run(`setTimeout(() => {}, ${delay})`);
    expect(guest.timers()).toEqual([{ id: 1, delayMs: expected }]);
  });

  it("warn of a delay that is too long", () => {
    using guest = new Guest();
    guest.run(`setTimeout(() => {}, 2 ** 31)`);
    expect(guest.logs()).toEqual([
      "(node:1) TimeoutOverflowWarning: 2147483648 does not fit into a 32-bit signed integer. It was set to 1 ms.",
    ]);
  });

  it("are cleared by their handle, its number, its number's text, close() and disposal", () => {
    using guest = new Guest();
    guest.run(`
      const [a, b, c, d, e] = Array.from({ length: 5 }, () => setTimeout(() => {}, 5));
      clearTimeout(a); clearTimeout(+b); clearInterval(String(+c)); d.close(); e[Symbol.dispose ?? Symbol.for("nodejs.dispose")]();
      clearTimeout(a); clearTimeout(undefined); clearTimeout(null); clearTimeout({}); clearTimeout(99);
    `);
    expect(guest.timers()).toEqual([]);
    expect(guest.messages(ClearTimer).map(({ a }) => a)).toEqual([1, 2, 3, 4, 5]);
    expect(guest.call("pendingTimers")).toBe(0);
  });

  it("ignore a firing that comes too late", () => {
    using guest = new Guest();
    guest.run(`globalThis.calls = 0; globalThis.t = setTimeout(() => calls++, 5); clearTimeout(t)`);
    guest.fire(1);
    guest.fire(77);
    expect(guest.json("calls")).toBe(0);
  });

  it("repeat until they are cleared, also from within", () => {
    using guest = new Guest();
    guest.run(
      `globalThis.calls = 0; const t = setInterval(() => { if (++calls === 3) clearInterval(t); }, 5)`,
    );
    for (let round = 0; round < 5; round++) guest.fireAll();
    expect(guest.json("calls")).toBe(3);
    expect(guest.timers()).toEqual([]);
  });

  it("start again by refresh(), also after they have fired, and not once cleared", () => {
    using guest = new Guest();
    guest.run(`globalThis.calls = 0; globalThis.t = setTimeout(() => calls++, 5); t.refresh()`);
    expect(guest.timers()).toEqual([{ id: 2, delayMs: 5 }]);
    guest.fire(1);
    expect(guest.json("calls")).toBe(0);
    guest.fire(2);
    guest.run("t.refresh()");
    guest.fireAll();
    expect(guest.json("calls")).toBe(2);
    guest.run("clearTimeout(t.refresh()); t.refresh()");
    expect(guest.timers()).toEqual([]);
  });

  it("hold the invocation open unless unref'ed", () => {
    using guest = new Guest();
    const pending = (code: string): unknown => (guest.run(code), guest.call("pendingTimers"));
    expect(pending("globalThis.t = setTimeout(() => {}, 5)")).toBe(1);
    expect(pending("t.unref().unref()")).toBe(0);
    expect(guest.json("t.hasRef()")).toBe(false);
    expect(pending("t.ref()")).toBe(1);
    expect(pending("globalThis.i = setImmediate(() => {})")).toBe(2);
    expect(pending("i.unref(); setInterval(() => {}, 3)")).toBe(2);
    expect(pending("t.unref(); clearTimeout(t); t.ref()")).toBe(1);
    guest.fire(2);
    expect(guest.call("pendingTimers")).toBe(1);
  });

  it("report what a callback throws, and go on", () => {
    using guest = new Guest();
    guest.run(`setInterval(() => { throw new TypeError("in timer") }, 5); setImmediate(() => { throw 1 })`);
    guest.fireAll();
    guest.fireAll();
    expect(guest.uncaught()).toEqual(["1", "TypeError: in timer", "TypeError: in timer"]);
  });

  it("refuse what is no function, as Node does", () => {
    using guest = new Guest();
    expect(guest.run(`try { setTimeout("code") } catch (error) { error.code }`)).toBe("ERR_INVALID_ARG_TYPE");
  });

  it("give handles like Node's", () => {
    using guest = new Guest();
    expect(
      guest.json(`[setTimeout(() => {}), setImmediate(() => {})].map((h) => h.constructor.name)`),
    ).toEqual(["Timeout", "Immediate"]);
    expect(guest.json("typeof +setTimeout(() => {})")).toBe("number");
  });
});

describe("timers/promises", () => {
  const load = (guest: Guest): void => {
    guest.call("builtin", "node:timers/promises");
  };

  it("resolve with their value", () => {
    using guest = new Guest();
    load(guest);
    guest.run(`globalThis.out = []; builtin.setTimeout(9, "t").then((v) => out.push(v));
      builtin.setImmediate("i").then((v) => out.push(v)); builtin.scheduler.wait(3).then((v) => out.push(v ?? "w"))`);
    expect(guest.timers().map(({ delayMs }) => delayMs)).toEqual([9, 0, 3]);
    guest.fireAll();
    expect(guest.json("out")).toEqual(["i", "w", "t"]);
  });

  it("reject when aborted, and clear the timer", () => {
    using guest = new Guest();
    load(guest);
    guest.run(`globalThis.out = []; const c = new AbortController();
      builtin.setTimeout(9, 0, { signal: c.signal }).catch((e) => out.push(e.name, e.code, e.cause.name)); c.abort();
      builtin.setTimeout(9, 0, { signal: c.signal }).catch((e) => out.push(e.name))`);
    expect(guest.json("out")).toEqual(["AbortError", "ABORT_ERR", "AbortError", "AbortError"]);
    expect(guest.timers()).toEqual([]);
  });

  it("iterate", () => {
    using guest = new Guest();
    load(guest);
    guest.run(`globalThis.out = []; (async () => {
      for await (const v of builtin.setInterval(5, "tick")) if (out.push(v) === 3) break;
      out.push("end");
    })()`);
    for (let round = 0; round < 5; round++) guest.fireAll();
    expect(guest.json("out")).toEqual(["tick", "tick", "tick", "end"]);
    expect(guest.timers()).toEqual([]);
  });
});

describe("queueMicrotask and process.nextTick", () => {
  it("run in Node's order around a timer's callback", () => {
    using guest = new Guest();
    guest.run(`globalThis.order = []; process;
      setTimeout(() => {
        Promise.resolve().then(() => order.push("promise"));
        queueMicrotask(() => order.push("microtask"));
        process.nextTick((x) => { order.push(x); process.nextTick(() => order.push("tick 2")); }, "tick 1");
        order.push("sync");
      }, 1)`);
    guest.fireAll();
    expect(guest.json("order")).toEqual(["sync", "tick 1", "tick 2", "promise", "microtask"]);
  });

  it("run without a timer, and from within a microtask", () => {
    using guest = new Guest();
    guest.run(`globalThis.order = []; process.nextTick(() => order.push("a"));
      queueMicrotask(() => { process.nextTick(() => order.push("c")); order.push("b"); })`);
    expect(guest.json("order")).toEqual(["a", "b", "c"]);
  });

  it("report what they throw, and go on", () => {
    using guest = new Guest();
    guest.run(`globalThis.ran = 0; process.nextTick(() => { throw new Error("tick") }); process.nextTick(() => ran++);
      queueMicrotask(() => { throw new Error("task") }); queueMicrotask(() => ran++)`);
    expect(guest.uncaught()).toEqual(["Error: tick", "Error: task"]);
    expect(guest.json("ran")).toBe(2);
  });
});
