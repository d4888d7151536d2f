import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HANDLERS_MODULE } from "../handlers.ts";
import type { HandlerName } from "../handlers.ts";
import type { Peer } from "../peer.ts";
import { fileOfPackage } from "./load-package.ts";
import { LoopbackClient } from "./loopback.ts";
import { ServerProcess } from "./server-process.ts";

export const WORKERD = "workerd HTTP";
export const WORKERD_LOADER = "workerd dynamic loader";

const COMPATIBILITY_DATE = "2026-10-01";

/** A worker that runs the handler its path ends with. */
const WORKER = `${HANDLERS_MODULE}
const handlers = { echo, cpu, wait };
export default {
  async fetch(request) {
    const name = request.url.slice(request.url.lastIndexOf("/") + 1);
    return new Response(JSON.stringify(await handlers[name](await request.json())));
  },
};
`;

/** A worker that loads the worker above anew for every first segment of a path, and gives it the request. */
const LOADER = `
const code = {
  compatibilityDate: "${COMPATIBILITY_DATE}",
  mainModule: "main.js",
  modules: { "main.js": ${JSON.stringify(WORKER)} },
  globalOutbound: null,
};
export default {
  async fetch(request, { loader }) {
    const id = new URL(request.url).pathname.split("/")[1];
    return loader.get(id, () => code).getEntrypoint().fetch(request);
  },
};
`;

function configOf(dynamic: boolean): string {
  const bindings = dynamic ? `[(name = "loader", workerLoader = ())]` : "[]";
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  bindings = ${bindings},
  compatibilityDate = "${COMPATIBILITY_DATE}",
);
`;
}

/** workerd's own program, as Cloudflare publishes it, on a port of the loopback interface. */
export class Workerd {
  readonly #server: ServerProcess;
  readonly #client: LoopbackClient;
  readonly #folder: string;

  private constructor(server: ServerProcess, port: number, folder: string) {
    this.#server = server;
    this.#client = new LoopbackClient(port);
    this.#folder = folder;
  }

  static async open(dynamic: boolean): Promise<Workerd> {
    const folder = mkdtempSync(join(tmpdir(), "isolet-workerd-"));
    writeFileSync(join(folder, "config.capnp"), configOf(dynamic));
    writeFileSync(join(folder, "worker.js"), dynamic ? LOADER : WORKER);
    const server = new ServerProcess(
      programFile(),
      ["serve", "--experimental", "--control-fd=3", "config.capnp"],
      folder,
    );
    const port = await server.whenSays(3, listeningPort);
    return new Workerd(server, port, folder);
  }

  /** With the dynamic loader, `isolate` names the isolate: a new name is a new one. */
  invoke(isolate: string, handler: HandlerName, event: object): Promise<unknown> {
    return this.#client.post(`/${isolate}/${handler}`, event);
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The binary itself, in the package of this system: workerd's own command is a script around it. */
function programFile(): string {
  const { platform, arch } = process;
  const system = platform === "win32" ? "windows" : platform;
  const file = platform === "win32" ? "workerd.exe" : "workerd";
  return fileOfPackage(`@cloudflare/workerd-${system}-${arch === "x64" ? "64" : arch}/bin/${file}`);
}

function listeningPort(line: string): number | undefined {
  const { event, port } = JSON.parse(line) as { event: string; port?: number };
  return event === "listen" ? port : undefined;
}

export function openWorkerdPeer(): Promise<Peer> {
  return openPeer(WORKERD, false);
}

export function openWorkerdLoaderPeer(): Promise<Peer> {
  return openPeer(WORKERD_LOADER, true);
}

async function openPeer(name: string, dynamic: boolean): Promise<Peer> {
  const workerd = await Workerd.open(dynamic);
  return {
    name,
    invoke: (handler, event) => workerd.invoke("warm", handler, event),
    close: () => workerd.close(),
  };
}
