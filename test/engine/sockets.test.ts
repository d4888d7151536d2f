import { once } from "node:events";
import type { Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { fixture, serveTcp, serveTls } from "../bridge/socket-support.ts";
import { makeBench, until } from "./helpers.ts";

const LOOPBACK = { net: { sockets: ["127.0.0.1", "localhost"] } };
const CA = fixture("ca.pem");
const SERVER = { cert: fixture("server.pem"), key: fixture("server.key") };

/** The body of a handler, which has `event`, `net` and `tls`; a promise `closed(socket)`; and a list `seen`. */
function handler(body: string): string {
  return `const net = require("net"), tls = require("tls");
    const closed = (socket) => new Promise((resolve) => socket.on("close", resolve));
    exports.handler = async (event) => { const seen = []; ${body} };`;
}

describe("a socket of a function's", () => {
  it("is a stream with the events of Node's, and reported with the least grant", async () => {
    const port = await serveTcp((socket) => socket.pipe(socket));
    const bench = makeBench();
    const source = handler(`
      const socket = net.connect({ port: event.port, host: "localhost", noDelay: true, keepAlive: true });
      for (const name of ["lookup", "connect", "ready", "end", "finish", "close"])
        socket.on(name, (...args) => seen.push([name, ...args]));
      let text = "";
      socket.setEncoding("utf8").on("data", (data) => {
        text += data;
        if (text.endsWith("€")) socket.end();
      });
      seen.push(socket.connecting, socket.pending, socket.readyState);
      socket.write("before ");
      await new Promise((resolve) => socket.once("connect", resolve));
      seen.push([socket.readyState, socket.remoteAddress, socket.remotePort === event.port, typeof socket.address().port]);
      socket.write("after €");
      await closed(socket);
      return { seen, text, read: socket.bytesRead, written: socket.bytesWritten, destroyed: socket.destroyed };`);
    await bench.deploy(source, { permissions: LOOPBACK });
    expect((await bench.succeed({ port })).payload).toEqual({
      seen: [
        true,
        true,
        "opening",
        ["lookup", null, "127.0.0.1", 4, "localhost"],
        ["connect"],
        ["ready"],
        ["open", "127.0.0.1", true, "number"],
        ["finish"],
        ["end"],
        ["close", false],
      ],
      text: "before after €",
      read: 16,
      written: 16,
      destroyed: true,
    });
    expect(bench.engine.permissions("fn").leastUsed).toEqual({
      net: { sockets: [`127.0.0.1:${port}`, `localhost:${port}`] },
    });
  });

  it("fails as in Node: refused, unknown, reset, denied", async () => {
    const port = await serveTcp((socket) => void socket.once("data", () => socket.resetAndDestroy()));
    const bench = makeBench({
      lookup: (host, _options, callback) =>
        callback(
          Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), {
            code: "ENOTFOUND",
            syscall: "getaddrinfo",
          }),
          [],
        ),
    });
    const source = handler(`
      for (const options of event) {
        const socket = net.connect(options, () => socket.write("x"));
        socket.on("error", ({ code, syscall }) => seen.push([code, syscall]));
        seen.push(await closed(socket));
      }
      return seen;`);
    await bench.deploy(source, { permissions: { net: { hosts: ["127.0.0.1", "nobody.example"] } } });
    const targets = [
      { port: 1, host: "127.0.0.1" },
      { port: 1, host: "nobody.example" },
      { port, host: "127.0.0.1" },
      { port: 1, host: "10.0.0.1" },
    ];
    expect((await bench.succeed(targets)).payload).toEqual([
      ["ECONNREFUSED", "connect"],
      true,
      ["ENOTFOUND", "getaddrinfo"],
      true,
      ["ECONNRESET", "read"],
      true,
      ["ERR_ACCESS_DENIED", "connect"],
      true,
    ]);
  });

  it("may be half open, end by a timeout or a signal, and can't be made of a file", async () => {
    const port = await serveTcp((socket) => {
      socket.end("first").once("data", (data) => expect(String(data)).toBe("late"));
    });
    const bench = makeBench();
    const source = handler(`
      const half = net.connect({ port: event.port, allowHalfOpen: true });
      half.resume().on("end", () => setImmediate(() => { seen.push(half.writable); half.end("late"); }));
      await closed(half);
      const idle = net.connect({ port: event.silent, timeout: 5 });
      idle.on("timeout", () => { seen.push("timeout"); idle.destroy(); });
      await closed(idle);
      const controller = new AbortController();
      const aborted = net.connect({ port: event.silent, signal: controller.signal });
      aborted.on("connect", () => controller.abort()).on("error", ({ name }) => seen.push(name));
      await closed(aborted);
      try { new net.Socket({ fd: 3 }); } catch ({ code }) { seen.push(code); }
      return seen;`);
    await bench.deploy(source, { permissions: LOOPBACK });
    const silent = await serveTcp(() => undefined);
    expect((await bench.succeed({ port, silent })).payload).toEqual([
      true,
      "timeout",
      "AbortError",
      "ERR_ACCESS_DENIED",
    ]);
  });

  it("makes a writer wait that is faster than its server, and a server that is faster than its reader", async () => {
    const port = await serveTcp((socket) => socket.pipe(socket));
    const bench = makeBench();
    const source = handler(`
      const socket = net.connect(event.port);
      let sent = 0, got = 0, waits = 0, most = 0;
      const more = () => {
        while (sent < event.bytes) {
          sent += 100_000;
          if (socket.write(Buffer.alloc(100_000, sent / 100_000))) continue;
          waits++;
          return socket.once("drain", more);
        }
        socket.end();
      };
      socket.on("connect", more);
      for await (const chunk of socket) {
        most = Math.max(most, socket.readableLength);
        for (const at of [0, chunk.length - 1])
          if (chunk[at] !== Math.ceil((got + at + 1) / 100_000) % 256) throw new Error("out of order");
        got += chunk.length;
        if (got % 5 === 0) await new Promise(setImmediate);
      }
      return [got, waits > 3, most < 1_000_000];`);
    await bench.deploy(source, { permissions: LOOPBACK, timeoutMs: 15_000 });
    expect((await bench.succeed({ port, bytes: 10_000_000 })).payload).toEqual([10_000_000, true, true]);
  });

  it("goes on for more texts than an invocation may send by itself", async () => {
    const port = await serveTcp((socket) => socket.setNoDelay().pipe(socket));
    const bench = makeBench();
    const source = handler(`
      const socket = net.connect(event.port);
      for (let at = 0; at < 300; at++) {
        socket.write("x");
        await new Promise((resolve) => socket.once("data", resolve));
      }
      for (let at = 0; event.floods && at < 1_000; at++) socket.setNoDelay(at % 2 === 0);
      socket.destroy();
      return "done";`);
    // So many may be open at once, and a hundred texts be sent for each of them.
    await bench.deploy(source, { permissions: LOOPBACK, limits: { hostCalls: 1 }, timeoutMs: 10_000 });
    expect((await bench.succeed({ port })).payload).toBe("done");
    const failed = await bench.fail({ port, floods: true });
    expect(failed.kill).toMatchObject({ limit: "limits.hostCalls" });
  });

  it("is refused where too many are open", async () => {
    const port = await serveTcp(() => undefined);
    const bench = makeBench();
    const source = handler(`
      const sockets = [1, 2, 3].map(() => net.connect(event.port));
      const error = await new Promise((resolve) => sockets[2].on("error", resolve));
      for (const socket of sockets) socket.destroy();
      return [error.code, error.message.includes("permissions.net.openSockets")];`);
    await bench.deploy(source, { permissions: { net: { sockets: ["localhost"], openSockets: 2 } } });
    expect((await bench.succeed({ port })).payload).toEqual(["EMFILE", true]);
  });
});

describe("sockets and invocations", () => {
  it("stay from one invocation to the next, which hears what came meanwhile", async () => {
    const sockets: Socket[] = [];
    const port = await serveTcp((socket) => void sockets.push(socket));
    const bench = makeBench();
    const source = handler(`
      globalThis.socket ??= net.connect(event.port).on("data", (data) => (globalThis.text += data));
      globalThis.text ??= "";
      if (socket.connecting) await new Promise((resolve) => socket.once("connect", resolve));
      while (!globalThis.text.includes(event.until)) await new Promise((resolve) => socket.once("data", resolve));
      return globalThis.text;`);
    await bench.deploy(source, { permissions: LOOPBACK });
    expect((await bench.succeed({ port, until: "" })).payload).toBe("");
    await until(() => sockets.length === 1);
    await new Promise<unknown>((resolve) => sockets[0]?.write("meanwhile", resolve));
    expect((await bench.succeed({ port, until: "meanwhile" })).payload).toBe("meanwhile");
    expect(sockets.length).toBe(1);
  });

  it("end with their environment", async () => {
    const ended = Promise.withResolvers<unknown>();
    const port = await serveTcp((socket) => ended.resolve(once(socket.resume(), "end")));
    const bench = makeBench();
    const source = handler(`
      await new Promise((resolve) => net.connect(event.port, resolve));
      process.exit(1);`);
    await bench.deploy(source, { permissions: LOOPBACK });
    await bench.fail({ port });
    await ended.promise;
  });

  it("hold an invocation open, unless they are unref'ed", async () => {
    const port = await serveTcp((socket) => void setImmediate(() => socket.end("late")));
    const bench = makeBench();
    const source = `const net = require("net");
      exports.handler = (event, context, callback) => {
        const socket = net.connect(event.port, () => {
          if (event.unref) socket.unref();
          callback(null, () => undefined);
        });
        const seen = [];
        socket.on("data", (data) => { seen.push(String(data)); console.log("heard", String(data)); });
      };`;
    await bench.deploy(source, { permissions: LOOPBACK, runtime: "nodejs22.x" });
    await bench.invoke({ port });
    expect(bench.lines().filter((line) => line.includes("heard late"))).toHaveLength(1);
    const silent = await serveTcp(() => undefined);
    // It would last as long as the socket, which is for ever.
    const never = `const net = require("net");
      exports.handler = (event) => new Promise(() => {
        const socket = net.connect(event.port, () => socket.unref());
      });`;
    await bench.deploy(never, { permissions: LOOPBACK });
    const failed = await bench.fail({ port: silent });
    expect(failed.error.errorType).toBe("Runtime.NodeJsExit");
  });
});

describe("TLS of a function's", () => {
  it("is encrypted, authorized and says who is there", async () => {
    const port = await serveTls((socket) => socket.pipe(socket), { ALPNProtocols: ["two"] });
    const bench = makeBench();
    const source = handler(`
      const options = { port: event.port, host: "localhost", servername: "localhost", ca: event.ca };
      const socket = tls.connect({ ...options, ALPNProtocols: ["one", "two"] });
      socket.write("early ");
      await new Promise((resolve, reject) => socket.on("secureConnect", resolve).on("error", reject));
      const { subject, subjectaltname, issuer, raw } = socket.getPeerCertificate();
      const { issuerCertificate } = socket.getPeerCertificate(true);
      let text = "";
      socket.on("data", (data) => { text += data; if (text === "early late") socket.end(); });
      socket.write("late");
      await closed(socket);
      return { subject, subjectaltname, issuer, raw: Buffer.isBuffer(raw), top: issuerCertificate.subject.CN, text,
        valid: socket.getPeerX509Certificate().checkHost("localhost"),
        facts: [socket.encrypted, socket.authorized, socket.authorizationError, socket.alpnProtocol, socket.getProtocol(),
          socket.servername, socket.getCipher().version, socket instanceof net.Socket] };`);
    await bench.deploy(source, { permissions: LOOPBACK });
    expect((await bench.succeed({ port, ca: CA })).payload).toEqual({
      subject: { CN: "localhost" },
      subjectaltname: "DNS:localhost, DNS:db.example.com, IP Address:127.0.0.1",
      issuer: { CN: "isolet test CA" },
      raw: true,
      top: "isolet test CA",
      text: "early late",
      valid: "localhost",
      facts: [true, true, null, "two", "TLSv1.3", "localhost", "TLSv1.3", true],
    });
  });

  it("is refused to whom it can't be sure of, unless the function says so", async () => {
    const port = await serveTls((socket) => socket.resume());
    const expired = await serveTls((socket) => socket.resume(), {
      cert: fixture("expired.pem"),
      key: fixture("expired.key"),
    });
    const bench = makeBench();
    const source = handler(`
      for (const { identity, ...options } of event) {
        const own = identity && { checkServerIdentity: (host) => identity === "none" ? undefined : new Error("not " + host) };
        const socket = tls.connect({ host: "localhost", ...options, ...own });
        socket.on("error", ({ code, message }) => seen.push(code ?? message));
        socket.on("secureConnect", () => { seen.push([socket.authorized, socket.authorizationError]); socket.end(); });
        await closed(socket);
      }
      return seen;`);
    await bench.deploy(source, { permissions: LOOPBACK });
    const cases = [
      { port },
      { port, ca: CA, servername: "other.example.com" },
      { port: expired, ca: CA },
      { port, rejectUnauthorized: false },
      { port, ca: CA, servername: "other.example.com", identity: "none" },
      { port, ca: CA, servername: "localhost", identity: "some" },
    ];
    expect((await bench.succeed(cases)).payload).toEqual([
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "CERT_HAS_EXPIRED",
      [false, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
      [true, null],
      "not localhost",
    ]);
  });

  it("shows a certificate whose key is encrypted, by a secure context", async () => {
    const port = await serveTls((socket) => socket.end(String(socket.getPeerCertificate().subject.CN)), {
      ca: CA,
      requestCert: true,
    });
    const bench = makeBench();
    const source = handler(`
      const { createPrivateKey } = require("crypto");
      const key = createPrivateKey(event.key).export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" });
      const secureContext = tls.createSecureContext({ ca: event.ca, cert: Buffer.from(event.cert), key, passphrase: "x" });
      const socket = tls.connect({ port: event.port, secureContext });
      for await (const data of socket) seen.push(String(data));
      return seen;`);
    await bench.deploy(source, { permissions: LOOPBACK });
    const event = { port, ca: CA, cert: fixture("client.pem"), key: fixture("client.key") };
    expect((await bench.succeed(event)).payload).toEqual(["a function"]);
  });

  it("begins in a connection that is there, as databases and mail servers have it", async () => {
    const port = await serveTcp((socket) => {
      socket.write("220 ready\r\n");
      socket.once("data", () => {
        socket.write("220 go ahead\r\n");
        const secured = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(SERVER) });
        secured.on("data", (data) => secured.end(`secret ${String(data)}`)).on("error", () => undefined);
      });
    });
    const bench = makeBench();
    const source = handler(`
      const plain = net.connect({ port: event.port, host: "localhost" });
      plain.on("close", () => seen.push("plain closed"));
      const heard = () => new Promise((resolve) => plain.once("data", (data) => resolve(String(data))));
      seen.push(await heard());
      plain.write("STARTTLS\\r\\n");
      seen.push(await heard());
      const socket = tls.connect({ socket: plain, ca: event.ca, servername: "localhost" });
      socket.on("data", (data) => seen.push(String(data)));
      await new Promise((resolve, reject) => socket.on("secureConnect", resolve).on("error", reject));
      seen.push(socket.remotePort === event.port);
      socket.write("word");
      await closed(socket);
      await new Promise(setImmediate);
      return seen;`);
    await bench.deploy(source, { permissions: LOOPBACK });
    expect((await bench.succeed({ port, ca: CA })).payload).toEqual([
      "220 ready\r\n",
      "220 go ahead\r\n",
      true,
      "secret word",
      "plain closed",
    ]);
  });

  it("takes nothing for encrypted that came before, and begins in no other stream", async () => {
    const port = await serveTcp((socket) => void socket.once("data", () => socket.write("injected")));
    const bench = makeBench();
    const source = handler(`
      const plain = net.connect(event.port);
      plain.write("STARTTLS");
      await new Promise((resolve) => plain.once("readable", resolve));
      const socket = tls.connect({ socket: plain, rejectUnauthorized: false });
      socket.on("error", ({ code }) => seen.push(code)).on("data", (data) => seen.push(String(data)));
      await closed(socket);
      const other = tls.connect({ socket: new (require("stream").PassThrough)() });
      other.on("error", ({ message }) => seen.push(message));
      await closed(other);
      return seen;`);
    await bench.deploy(source, { permissions: LOOPBACK });
    expect((await bench.succeed({ port })).payload).toEqual([
      "ERR_SSL_WRONG_VERSION_NUMBER",
      expect.stringContaining("tls.connect in a stream that is no net.Socket is not available"),
    ]);
  });
});
