import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { HANDLER_NAMES, HANDLERS_MODULE } from "../handlers.ts";
import type { HandlerName } from "../handlers.ts";
import { packagesFolder } from "../install.ts";
import type { Peer } from "../peer.ts";
import { fileOfPackage } from "./load-package.ts";
import { LoopbackClient } from "./loopback.ts";
import { ServerProcess } from "./server-process.ts";

export const SERVERLESS_OFFLINE = "serverless-offline";

const MOST_CALLERS = 64;

const SERVICE = "bench";

/** serverless-offline as its users start it, called by Lambda's own Invoke request. */
export class ServerlessOffline {
  readonly #server: ServerProcess;
  readonly #client: LoopbackClient;
  readonly #folder: string;

  private constructor(server: ServerProcess, port: number, folder: string) {
    this.#server = server;
    this.#client = new LoopbackClient(port);
    this.#folder = folder;
  }

  /** `spare` functions echo and are called by nobody else: `spare-0`, `spare-1`, … */
  static async open(spare: number): Promise<ServerlessOffline> {
    // Plugins are looked for in the folders above the service's.
    const cache = join(packagesFolder, "node_modules", ".cache");
    mkdirSync(cache, { recursive: true });
    const folder = mkdtempSync(join(cache, "serverless-"));
    const ports = await freePorts(3);
    writeFileSync(join(folder, "serverless.json"), JSON.stringify(serviceOf(spare, ports)));
    writeFileSync(join(folder, "index.mjs"), HANDLERS_MODULE);
    const server = new ServerProcess(
      process.execPath,
      [fileOfPackage("serverless/bin/serverless.js"), "offline", "start"],
      folder,
      // It says nothing to anybody, and writes nothing to the user's home.
      { ...process.env, CI: "1", HOME: folder, SLS_TELEMETRY_DISABLED: "1", SLS_NOTIFICATIONS_MODE: "off" },
    );
    await server.whenSays(2, (line) => (line.includes("for lambda] listening") ? true : undefined));
    return new ServerlessOffline(server, ports[0] ?? NaN, folder);
  }

  invoke(functionName: string, event: object): Promise<unknown> {
    return this.#client.post(`/2015-03-31/functions/${SERVICE}-dev-${functionName}/invocations`, event);
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function serviceOf(spare: number, [lambdaPort, httpPort, albPort]: readonly number[]): object {
  const spares = Array.from({ length: spare }, (_, index) => [`spare-${index}`, { handler: "index.echo" }]);
  const named = HANDLER_NAMES.map((name: HandlerName) => [name, { handler: `index.${name}` }]);
  return {
    service: SERVICE,
    frameworkVersion: "3",
    provider: { name: "aws", runtime: "nodejs20.x", memorySize: 128 },
    plugins: ["serverless-offline"],
    custom: { "serverless-offline": { lambdaPort, httpPort, albPort, host: "127.0.0.1" } },
    functions: Object.fromEntries([...named, ...spares]) as object,
  };
}

/** It takes ports by number only, so some that are free at this moment. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = servers.map(
    (server) =>
      new Promise<number>((resolve) => {
        server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
      }),
  );
  const found = await Promise.all(ports);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return found;
}

export async function openServerlessOfflinePeer(): Promise<Peer> {
  const server = await ServerlessOffline.open(0);
  return {
    name: SERVERLESS_OFFLINE,
    invoke: (handler, event) => server.invoke(handler, event),
    refuses: (_what, callers) =>
      callers > MOST_CALLERS
        ? `it starts a thread for each of ${callers} callers, of which 75 were seen to take 1.2 GB`
        : undefined,
    close: () => server.close(),
  };
}
