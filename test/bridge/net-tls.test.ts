import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SOCKET_MOST_BYTES } from "../../src/guest/socket-flow.ts";
import { until } from "../engine/helpers.ts";
import { makeCaller, type HeardSocket } from "./net-support.ts";
import { fixture, serveTcp, serveTls } from "./socket-support.ts";

const CA = fixture("ca.pem");

/** A socket that is to begin TLS at once. */
function begin(port: number, options: object): HeardSocket {
  const socket = makeCaller({ hosts: ["127.0.0.1"], connectTimeoutMs: 2_000 }).connect({
    host: "127.0.0.1",
    port,
  });
  socket.more(`t${JSON.stringify(options)}`);
  return socket;
}

async function sessionOf(socket: HeardSocket): Promise<Record<string, unknown>> {
  return JSON.parse((await socket.hears("s")).slice(1)) as Record<string, unknown>;
}

async function errorOf(socket: HeardSocket): Promise<unknown> {
  return JSON.parse((await socket.hears("!")).slice(1));
}

describe("TLS in a socket", () => {
  it("is agreed upon by the host, who tells who the server is", async () => {
    const port = await serveTls((socket) => socket.end("secret"), { ALPNProtocols: ["b"] });
    const socket = begin(port, { ca: CA, ALPNProtocols: ["a", "b"], servername: "db.example.com" });
    expect(await sessionOf(socket)).toMatchObject({
      authorized: true,
      alpnProtocol: "b",
      protocol: "TLSv1.3",
      chain: [
        { subject: { CN: "localhost" }, issuer: { CN: "isolet test CA" } },
        { subject: { CN: "isolet test CA" } },
      ],
    });
    await socket.hears("+secret");
  });

  it.each([
    ["an authority that isn't trusted", {}, "server", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["another name", { ca: CA, servername: "other.example.com" }, "server", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["a certificate that has expired", { ca: CA }, "expired", "CERT_HAS_EXPIRED"],
  ])("is refused, and nothing is sent: %s", async (_name, options, name, code) => {
    const heard: string[] = [];
    const server = { cert: fixture(`${name}.pem`), key: fixture(`${name}.key`) };
    const port = await serveTls((socket) => socket.on("data", (data) => heard.push(String(data))), server);
    const socket = begin(port, options);
    socket.more("+password");
    expect(await errorOf(socket)).toMatchObject({ code });
    expect(heard).toEqual([]);
  });

  it("is what the guest asks for where it doesn't insist", async () => {
    const port = await serveTls((socket) => socket.end("hello"));
    const socket = begin(port, { rejectUnauthorized: false });
    expect(await sessionOf(socket)).toMatchObject({
      authorized: false,
      authorizationError: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    });
    await socket.hears("+hello");
  });

  it("shows a certificate of the guest's", async () => {
    const port = await serveTls((socket) => socket.end(String(socket.authorized)), {
      ca: CA,
      requestCert: true,
    });
    const socket = begin(port, { ca: CA, cert: fixture("client.pem"), key: [fixture("client.key")] });
    await socket.hears("+true");
  });

  it("begins amid a connection, where nothing is left out that came before", async () => {
    const port = await serveTcp((socket) => void socket.write(Buffer.alloc(1_000_000, "x")));
    const socket = makeCaller({ hosts: ["127.0.0.1"] }).connect({ host: "127.0.0.1", port });
    const bytes = (): number => socket.heard.reduce((sum, text) => sum + text.length - 1, 0);
    await until(() => bytes() >= SOCKET_MOST_BYTES - 65_536);
    // What the guest has not been given is taken for the server's handshake.
    socket.more(`t${JSON.stringify({ ca: CA })}`);
    expect(await errorOf(socket)).toMatchObject({ library: "SSL routines" });
  });

  it("is begun within the time to connect", async () => {
    const port = await serveTcp(() => undefined);
    const socket = makeCaller({ hosts: ["127.0.0.1"], connectTimeoutMs: 30 }).connect({
      host: "127.0.0.1",
      port,
    });
    await socket.hears("c");
    socket.more("t{}");
    expect(await errorOf(socket)).toMatchObject({
      code: "ETIMEDOUT",
      message: `The TLS handshake with 127.0.0.1:${port} took longer than permissions.net.connectTimeoutMs of 30 ms.`,
    });
  });

  it("has a failure that is the other side's", async () => {
    const port = await serveTcp((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(await errorOf(begin(port, {}))).toMatchObject({ library: "SSL routines" });
  });
});

describe("TLS options that the host refuses", () => {
  const encrypted = (): string =>
    generateKeyPairSync("ec", {
      namedCurve: "P-256",
      privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    }).privateKey;
  const large = (): string =>
    generateKeyPairSync("rsa", {
      modulusLength: 4_104,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    }).privateKey;

  it.each([
    ["an encrypted key", () => ({ key: encrypted(), passphrase: "x" }), "its private key is encrypted"],
    ["a key that takes long to sign with", () => ({ key: large() }), "4104 bits is over the limit"],
    ["what is no text", () => ({ ca: { path: "/etc/passwd" } }), "ca is no text"],
    ["more than can be read in a moment", () => ({ ca: "x".repeat(600_000) }), "more than 524288"],
    ["a version that there isn't", () => ({ minVersion: "TLSv2" }), "minVersion is no version"],
    ["names that are none", () => ({ ALPNProtocols: [1] }), "ALPNProtocols is no list"],
    ["what is no object", () => 1, "not a JSON object"],
  ])("are named: %s", async (_name, options, message) => {
    const port = await serveTls(() => undefined);
    expect(await begin(port, options() as object).hears("failed")).toContain(message);
  });

  it("take no file, engine or library from the machine", async () => {
    const port = await serveTls(() => undefined);
    const socket = begin(port, { ca: "/etc/ssl/certs/ca-certificates.crt", cert: "/etc/passwd" });
    expect(await errorOf(socket)).toMatchObject({ code: "ERR_OSSL_PEM_NO_START_LINE" });
    const other = begin(port, { ca: CA, clientCertEngine: "dynamic", privateKeyEngine: "x", pfx: "x" });
    expect(await sessionOf(other)).toMatchObject({ authorized: true });
  });

  it("are many different ones, in turn and at a pace", async () => {
    const port = await serveTls((socket) => socket.end("hello"));
    const caller = makeCaller({ hosts: ["127.0.0.1"] });
    const sockets = Array.from({ length: 6 }, (_, index) => {
      const socket = caller.connect({ host: "127.0.0.1", port });
      socket.more(`t${JSON.stringify({ ca: [CA, CA.repeat(index)] })}`);
      return socket;
    });
    for (const socket of sockets) await socket.hears("+hello");
  });
});
