import { describe, expect, it } from "vitest";
import { GuestCalls } from "../../src/cell/guest-calls.ts";
import { ServiceError } from "../../src/cell/services/service.ts";
import type { Reply, Service } from "../../src/cell/services/service.ts";
import { Services } from "../../src/cell/services/table.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Calls with one service, `test`, and a host that only listens. */
function setUp(limit = 10) {
  const delivered: [number, number, string][] = [];
  const host: string[] = [];
  const replies: Reply[] = [];
  let disposed = 0;
  const service: Service = {
    ask(verb, argument) {
      if (verb === "refuse") throw new ServiceError("RangeError", "Too many.", "ERR_OUT_OF_RANGE");
      if (verb === "break") throw new TypeError("a secret of the cell's");
      return `${verb}:${argument}`;
    },
    open(verb, argument, reply) {
      if (verb === "refuse") throw new ServiceError("TypeError", `No ${argument}.`);
      replies.push(reply);
      return { more: (text) => host.push(`service more ${text}`), end: () => host.push("service end") };
    },
    dispose: () => {
      disposed++;
    },
  };
  const services = new Services(undefined as never, { test: () => service });
  const calls = new GuestCalls({
    limit,
    services,
    toHost: (call, text) => {
      host.push(`open ${call} ${text}`);
      return { more: (more) => host.push(`more ${call} ${more}`), end: () => host.push(`end ${call}`) };
    },
    deliver: (...reply) => void delivered.push(reply),
  });
  return { calls, services, delivered, host, replies, disposed: () => disposed };
}

describe("calls of a guest", () => {
  it("go to the host unless a service of the cell's has them", () => {
    const { calls, host, replies } = setUp();
    expect(calls.open(1, "net.fetch\n{}")).toBe(true);
    expect(calls.open(2, "test.work\nx")).toBe(true);
    calls.more(1, "a");
    calls.more(2, "b");
    calls.end(1);
    calls.end(2);
    calls.end(2);
    expect(host).toEqual(["open 1 net.fetch\n{}", "more 1 a", "service more b", "end 1", "service end"]);
    expect(replies).toHaveLength(1);
    expect(calls.size).toBe(0);
  });

  it("hold the guest's invocations open, but for those that it doesn't wait for", () => {
    const { calls } = setUp();
    calls.open(1, "net.connect\n{}");
    calls.open(2, "net.fetch\n{}");
    calls.hold(1, false);
    calls.hold(9, false);
    expect(calls.size).toBe(1);
    calls.hold(1, true);
    expect(calls.size).toBe(2);
    calls.hold(1, false);
    calls.reply(1, 1, "");
    expect(calls.size).toBe(1);
  });

  it("may be sent as many texts as an invocation has, and one for each part that came", () => {
    const { calls } = setUp(1);
    calls.open(1, "net.connect\n{}");
    for (let sent = 0; sent < 100; sent++) expect(calls.more(1, "+x")).toBe(true);
    calls.reply(1, 0, "+y");
    expect(calls.more(1, "+x")).toBe(true);
    expect(calls.more(1, "+x")).toBe(false);
  });

  it("are delivered their replies up to the last word", () => {
    const { calls, delivered } = setUp();
    calls.open(1, "net.fetch\n");
    calls.reply(1, 0, "a");
    calls.reply(1, 1, "b");
    calls.reply(1, 1, "c");
    calls.reply(9, 1, "never opened");
    expect(delivered).toEqual([
      [1, 0, "a"],
      [1, 1, "b"],
    ]);
    expect(calls.size).toBe(0);
  });

  it("stop at the limit", () => {
    const { calls, host } = setUp(2);
    expect([1, 2, 3].map((call) => calls.open(call, "net.fetch\n"))).toEqual([true, true, false]);
    calls.end(1);
    expect(calls.open(4, "net.fetch\n")).toBe(true);
    expect(host).not.toContain("open 3 net.fetch\n");
  });

  it("stop at ten times as many in one invocation, and begin anew with the next", () => {
    const { calls } = setUp(2);
    const openOne = (call: number): boolean => {
      const opened = calls.open(call, "net.fetch\n");
      calls.end(call);
      return opened;
    };
    const all = Array.from({ length: 21 }, (_, index) => openOne(index + 1));
    expect(all.filter(Boolean)).toHaveLength(20);
    expect(all.at(-1)).toBe(false);
    calls.begin();
    expect(openOne(30)).toBe(true);
  });

  it("are sent a hundred times as many texts as may be open, and no more", () => {
    const { calls, host } = setUp(1);
    calls.open(1, "net.fetch\n");
    const all = Array.from({ length: 101 }, () => calls.more(1, "x"));
    expect(all.filter(Boolean)).toHaveLength(100);
    expect(host).toHaveLength(101);
  });

  it("stand still while the environment is frozen, and go on in order after it", async () => {
    const { calls, delivered, replies } = setUp();
    calls.open(1, "net.fetch\n");
    calls.open(2, "test.work\n");
    calls.freeze();
    calls.reply(1, 0, "a");
    replies[0]?.(1, "b");
    await turn();
    expect(delivered).toEqual([]);
    calls.thaw();
    expect(delivered).toEqual([]);
    await turn();
    expect(delivered).toEqual([
      [1, 0, "a"],
      [2, 1, "b"],
    ]);
  });

  it("that a service refuses are answered so, after they were opened", async () => {
    const { calls, delivered } = setUp();
    expect(calls.open(1, "test.refuse\nwonder")).toBe(true);
    expect(delivered).toEqual([]);
    await turn();
    expect(delivered).toEqual([[1, 2, JSON.stringify({ name: "TypeError", message: "No wonder." })]]);
  });

  it("are ended with the environment, and hear no more", () => {
    const { calls, delivered, host } = setUp();
    calls.open(1, "net.fetch\n");
    calls.open(2, "test.work\n");
    calls.clearAll();
    calls.reply(1, 1, "late");
    // Its end is what ends them on the host's side: a word after it would be a breach.
    expect(host.slice(1)).toEqual(["service end"]);
    expect(delivered).toEqual([]);
  });
});

describe("services of a cell", () => {
  it("answer with their result, with what they refuse, and with no secret", () => {
    const { services } = setUp();
    expect(services.ask("test.echo", "x")).toBe("=echo:x");
    expect(JSON.parse(services.ask("test.refuse", "").slice(1))).toEqual({
      name: "RangeError",
      message: "Too many.",
      code: "ERR_OUT_OF_RANGE",
    });
    expect(services.ask("test.break", "")).not.toContain("secret");
    for (const none of ["none.such", "constructor.x", "", "test"]) {
      expect(services.ask(none, "")).toMatch(/^!.*ERR_METHOD_NOT_IMPLEMENTED/);
    }
  });

  it("are made when first used, and disposed of once", () => {
    const { services, disposed } = setUp();
    services.dispose();
    expect(disposed()).toBe(0);
    services.ask("test.echo", "");
    services.dispose();
    services.dispose();
    expect(disposed()).toBe(1);
  });
});
