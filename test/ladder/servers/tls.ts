import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer, TLSSocket } from "node:tls";
import { SERVICES } from "../../services.ts";
import type { Side } from "../ladder.ts";

const file = (name: string): string =>
  readFileSync(new URL(`../../bridge/fixtures/tls/${name}`, import.meta.url), "utf8");

/** The real servers behind TLS: PostgreSQL's begins in the connection, Redis' with it. */
export async function openTlsSide(): Promise<Side> {
  const own = { cert: file("server.pem"), key: file("server.key") };
  const sockets = new Set<Socket>();
  const forward = (socket: Socket, port: number): void => {
    const to = connect(port, "127.0.0.1");
    for (const end of [socket, to]) sockets.add(end.on("error", () => undefined));
    socket.pipe(to).pipe(socket);
    socket.on("close", () => to.destroy());
    to.on("close", () => socket.destroy());
  };
  const postgresql = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    // Its SSLRequest, which the server grants by one letter.
    socket.once("data", () => {
      socket.write("S");
      forward(new TLSSocket(socket, { isServer: true, ...own }), SERVICES.postgresql);
    });
  });
  const redis = createTlsServer(own, (socket) => forward(socket, SERVICES.redis));
  const servers: Server[] = [postgresql, redis];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  }
  const [postgresqlPort = "", redisPort = ""] = servers.map((server) =>
    String((server.address() as AddressInfo).port),
  );
  return {
    environment: { POSTGRESQL_PORT: postgresqlPort, REDIS_PORT: redisPort, CA: file("ca.pem") },
    permissions: { net: { sockets: ["localhost"] } },
    async close() {
      for (const socket of sockets) socket.destroy();
      for (const server of servers) await new Promise((resolve) => server.close(resolve));
    },
  };
}
