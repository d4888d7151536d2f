import { once } from "node:events";
import type { LookupFunction } from "node:net";
import { describe, expect, it } from "vitest";
import { until } from "../engine/helpers.ts";
import { SOCKET_MOST_BYTES, SOCKET_MOST_TEXTS } from "../../src/guest/socket-flow.ts";
import { loopbackLookup, makeCaller } from "./net-support.ts";
import { serveTcp } from "./socket-support.ts";

describe("a socket to a granted host", () => {
  it("is connected, sends, receives and is ended from both sides", async () => {
    const port = await serveTcp((socket) => socket.end("hello ").pipe(socket));
    const caller = makeCaller({ sockets: [`127.0.0.1:${port}`] });
    const socket = caller.connect({ host: "127.0.0.1", port });
    socket.more("+ignored \xff");
    socket.more(".");
    expect(await socket.hears("c")).toContain(`"remotePort":${port}`);
    await socket.hears("done");
    expect(socket.heard.slice(1)).toEqual(expect.arrayContaining(["+hello ", ".", "f", "done"]));
    expect(caller.ledger.listUsed()).toEqual([
      { permission: "net", detail: `connect to 127.0.0.1:${port}`, count: 1 },
    ]);
    expect(caller.ledger.leastPermissions(true)).toEqual({ net: { sockets: [`127.0.0.1:${port}`] } });
  });

  it("tells errors as Node does", async () => {
    const caller = makeCaller({ hosts: ["127.0.0.1"] });
    const text = await caller.connect({ host: "127.0.0.1", port: 1 }).hears("!");
    expect(JSON.parse(text.slice(1))).toEqual({
      message: "connect ECONNREFUSED 127.0.0.1:1",
      code: "ECONNREFUSED",
      errno: expect.any(Number) as number,
      syscall: "connect",
      address: "127.0.0.1",
      port: 1,
    });
  });

  it("is closed with its environment", async () => {
    const closed = Promise.withResolvers<unknown>();
    const port = await serveTcp((socket) => closed.resolve(once(socket.resume(), "end")));
    const caller = makeCaller({ hosts: ["127.0.0.1"] });
    await caller.connect({ host: "127.0.0.1", port }).hears("c");
    caller.close();
    await closed.promise;
  });
});

describe("what no socket reaches", () => {
  it.each([
    ["nothing granted", undefined, "sockets"],
    ["another port", { hosts: ["127.0.0.1:1"] }, "hosts"],
    ["hosts for requests of one method", { hosts: ["127.0.0.1"], methods: ["GET"] }, "sockets"],
    ["hosts for requests by https", { hosts: ["127.0.0.1"], schemes: ["https"] as const }, "sockets"],
    ["public addresses", true, "hosts"],
  ])("is refused, naming the grant: %s", async (_name, net, list) => {
    const caller = makeCaller(net);
    const failed = await caller.connect({ host: "127.0.0.1", port: 5432 }).hears("failed");
    expect(failed).toBe(
      'failed NotAllowedError: Function "fn" may not connect to 127.0.0.1:5432: ' +
        `grant it with permissions: { net: { ${list}: ["127.0.0.1:5432"] } }. [ERR_ACCESS_DENIED]`,
    );
    expect(caller.ledger.leastPermissions(true)).toEqual({ net: { sockets: ["127.0.0.1:5432"] } });
  });

  it.each([
    ["a loopback address", "127.0.0.1", "loopback"],
    ["a metadata service", "169.254.169.254", "metadata"],
    ["a private network", "10.0.0.1", "private"],
    ["a loopback address of IPv6", "::1", "loopback"],
  ])("is not reached by a name either: %s", async (_name, address, kind) => {
    const lookup: LookupFunction = (_host, _options, callback) =>
      callback(null, [{ address, family: address.includes(":") ? 6 : 4 }]);
    const caller = makeCaller({ hosts: ["db.example:5432"] }, lookup);
    const failed = await caller.connect({ host: "db.example", port: 5432 }).hears("failed");
    expect(failed).toContain(`may not connect to db.example, which is at the ${kind} address ${address}`);
  });

  it("is not reached by a name that means something else the second time", async () => {
    const port = await serveTcp((socket) => socket.end("here"));
    let looked = 0;
    const lookup: LookupFunction = (_host, _options, callback) =>
      callback(null, [{ address: ++looked === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }]);
    const caller = makeCaller({ hosts: ["db.example", "127.0.0.1"] }, lookup);
    // What was checked is what is connected to: there is no second look.
    await caller.connect({ host: "db.example", port }).hears("+here");
    expect(looked).toBe(1);
    expect(await caller.connect({ host: "db.example", port }).hears("failed")).toContain("metadata");
  });

  it.each([
    ["no host", { port: 1 }],
    ["a host that is a path", { host: "/var/run/a.sock", port: 1 }],
    ["no port", { host: "127.0.0.1" }],
    ["a port beyond", { host: "127.0.0.1", port: 65_536 }],
  ])("is what isn't asked for properly: %s", async (_name, target) => {
    const caller = makeCaller({ hosts: ["*", "127.0.0.1"] });
    expect(await caller.connect(target).hears("failed")).toContain("Invalid socket");
  });
});

describe("a socket's limits", () => {
  it("let nothing more come than its guest takes", async () => {
    const sender = Promise.withResolvers<{ readonly writableLength: number }>();
    const port = await serveTcp((socket) => {
      socket.write(Buffer.alloc(30_000_000, "x"));
      sender.resolve(socket);
    });
    const socket = makeCaller({ hosts: ["127.0.0.1"] }).connect({ host: "127.0.0.1", port });
    const bytes = (): number =>
      socket.heard.filter((text) => text.startsWith("+")).reduce((sum, text) => sum + text.length - 1, 0);
    await until(() => bytes() >= SOCKET_MOST_BYTES - 65_536);
    const { writableLength } = await sender.promise;
    expect(writableLength).toBeGreaterThan(0);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(bytes()).toBeLessThanOrEqual(SOCKET_MOST_BYTES);
    let taken = 0;
    while (taken < 30_000_000) {
      const came = bytes();
      if (came > taken) socket.more(`~${SOCKET_MOST_TEXTS},${came - taken}`);
      taken = came;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(bytes()).toBe(30_000_000);
  });

  it("let nothing more be sent than the other side takes", async () => {
    const port = await serveTcp((socket) => socket.pause());
    const socket = makeCaller({ hosts: ["127.0.0.1"] }).connect({ host: "127.0.0.1", port });
    const text = `+${"x".repeat(65_536)}`;
    const isOver = (): boolean => socket.heard.some((heard) => heard.startsWith("failed"));
    // A guest that keeps to no window; the system takes some MB before it takes no more.
    for (let sent = 0; sent < 10_000 && !isOver(); sent++) socket.more(text);
    expect(await socket.hears("failed")).toContain("more is to be sent than its window lets through");
  });

  it("count what waits for the connection, too", async () => {
    const socket = makeCaller({ hosts: ["db.example"] }, () => undefined).connect({
      host: "db.example",
      port: 5432,
    });
    for (let sent = 0; sent < 100; sent++) socket.more("+x");
    expect(await socket.hears("failed")).toContain("more is to be sent than its window lets through");
  });

  it("count sockets until they are closed and their names looked up", async () => {
    const lookups: (() => void)[] = [];
    const lookup: LookupFunction = (_host, _options, callback) =>
      void lookups.push(() => callback(null, [{ address: "127.0.0.1", family: 4 }]));
    const port = await serveTcp(() => undefined);
    const caller = makeCaller({ hosts: ["127.0.0.1", "db.example"], openSockets: 3 }, lookup);
    const target = { host: "db.example", port };
    for (let opened = 0; opened < 3; opened++) caller.connect(target).end();
    await until(() => lookups.length === 3);
    const refused = await caller.connect(target).hears("failed");
    expect(refused).toContain("3 sockets open, opening or closing, as many as permissions.net.openSockets");
    expect(refused).toContain("[EMFILE]");
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(await caller.connect(target).hears("failed")).toContain("[EMFILE]");
    for (const found of lookups) found();
    await caller.connect({ host: "127.0.0.1", port }).hears("c");
  });

  it("end a connection that takes too long", async () => {
    const net = { hosts: ["db.example"], connectTimeoutMs: 20 };
    const socket = makeCaller(net, () => undefined).connect({ host: "db.example", port: 5432 });
    const text = await socket.hears("!");
    expect(JSON.parse(text.slice(1))).toMatchObject({
      code: "ETIMEDOUT",
      message: "Connecting to db.example:5432 took longer than permissions.net.connectTimeoutMs of 20 ms.",
    });
  });

  it("hold names that are granted for sockets only to be looked up as well", async () => {
    const caller = makeCaller({ sockets: ["db.example:5432"] }, loopbackLookup);
    const query = { method: "lookup", name: "db.example", options: {} };
    expect(await caller.call("net.dns", query)).toEqual({ address: "127.0.0.1", family: 4 });
  });
});
