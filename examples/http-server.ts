/** Serves `orders-api` over HTTP, as an API Gateway HTTP API would: `node examples/http-server.ts [port]`. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { Engine } from "isolet";
import { httpSource } from "isolet/sources/http";

export interface RunningServer {
  readonly url: string;
  /** Answers what has been asked, then ends the server and the engine. */
  stop(): Promise<void>;
}

/** Port 0 takes any that is free. */
export async function startServer(port: number): Promise<RunningServer> {
  const engine = new Engine();
  await engine.deploy("orders-api", {
    code: { file: fileURLToPath(new URL("./handlers/orders-api.ts", import.meta.url)) },
  });
  // The function has a router of its own, so one route will do; `"GET /orders/{id}": "some-function"` would be another.
  const api = httpSource({ routes: { $default: "orders-api" } });
  await engine.attach(api);

  const server = createServer(api.listener).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      await engine.drain();
      const closed = once(server, "close");
      server.close();
      await closed;
      await engine.close();
    },
  };
}

if (import.meta.main) {
  const { url, stop } = await startServer(Number(process.argv[2] ?? 3_000));
  console.log(`Listening at ${url}; try: curl ${url}/products?limit=3`);
  process.once("SIGINT", () => void stop());
}
