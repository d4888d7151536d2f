import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { TLSSocket, TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";

/** A file of the fixtures: certificates of a CA of their own, made with openssl, good for a hundred years. */
export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/tls/${name}`, import.meta.url), "utf8");
}

/** A TCP server on loopback until the test has finished; gives its port. */
export async function serveTcp(taken: (socket: Socket) => void): Promise<number> {
  return open(createServer({ allowHalfOpen: true }), "connection", taken);
}

/** The same with TLS, as `localhost` and 127.0.0.1 unless it is said otherwise. */
export async function serveTls(
  taken: (socket: TLSSocket) => void,
  options: TlsOptions = {},
): Promise<number> {
  const own = { cert: fixture("server.pem"), key: fixture("server.key") };
  return open(createTlsServer({ ...own, ...options }), "secureConnection", taken);
}

async function open<Taken extends Socket>(
  server: Server,
  event: string,
  taken: (socket: Taken) => void,
): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    // What a client does to a connection is no server's error.
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  server.on(event, (socket: Taken) => {
    socket.on("error", () => undefined);
    taken(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
