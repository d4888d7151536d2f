import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { WebSocket, WebSocketServer } from "ws";
import type { DebugPort } from "../../environment/debug-port.ts";

/** One environment as debuggers find it; the fields of Node's own `/json/list`. */
export interface InspectorTarget {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly type: "node";
  readonly url: string;
  readonly webSocketDebuggerUrl: string;
  readonly devtoolsFrontendUrl: string;
}

interface Entry {
  readonly id: string;
  readonly port: DebugPort;
  readonly title: string;
  readonly scriptUrl: string;
}

const LOOPBACK = "127.0.0.1";

/** A message of a debugger; DevTools sends whole scripts when it edits them live. */
const MESSAGE_LIMIT_BYTES = 104_857_600;

/** Unsent bytes beyond which a debugger that doesn't read is given up. */
const UNSENT_LIMIT_BYTES = 104_857_600;

const GOING_AWAY = 1001;

/**
 * Serves the inspector's protocol of environments on the loopback interface, each under an id that can't be guessed. Like
 * Node's, it refuses requests under other host names, by which web pages could reach it.
 */
export class InspectorServer {
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #entries = new Map<string, Entry>();
  readonly #open = new Map<DebugPort, WebSocket>();

  private constructor(http: Server, sockets: WebSocketServer) {
    this.#http = http;
    this.#sockets = sockets;
    http.on("request", (request, response) => this.#answer(request, response));
    http.on("upgrade", (request, socket: Socket, head) => {
      // From here on it is nobody's but ours, and a client that breaks it off must not end the program.
      socket.on("error", () => undefined);
      this.#upgrade(request, socket, head);
    });
  }

  /** Loads `ws` first: only those who debug need it. */
  static async listen(port: number): Promise<InspectorServer> {
    const { WebSocketServer } = await import("ws");
    const http = createServer();
    http.listen(port, LOOPBACK);
    await once(http, "listening");
    return new InspectorServer(
      http,
      new WebSocketServer({ noServer: true, maxPayload: MESSAGE_LIMIT_BYTES }),
    );
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  targets(): readonly InspectorTarget[] {
    return [...this.#entries.values()].map((entry) => this.#describe(entry));
  }

  add(port: DebugPort, { title, scriptUrl }: { readonly title: string; readonly scriptUrl: string }): void {
    const id = randomUUID();
    this.#entries.set(id, { id, port, title, scriptUrl });
  }

  remove(port: DebugPort): void {
    for (const [id, entry] of this.#entries) if (entry.port === port) this.#entries.delete(id);
  }

  async close(): Promise<void> {
    for (const socket of this.#open.values()) socket.close(GOING_AWAY, "The inspection has ended.");
    this.#entries.clear();
    this.#sockets.close();
    this.#http.close();
    this.#http.closeAllConnections();
    if (this.#http.listening) await once(this.#http, "close");
  }

  #describe({ id, title, scriptUrl }: Entry): InspectorTarget {
    const address = `${LOOPBACK}:${this.port}/${id}`;
    return {
      id,
      title,
      description: "isolet environment",
      type: "node",
      url: scriptUrl,
      webSocketDebuggerUrl: `ws://${address}`,
      devtoolsFrontendUrl: `devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws=${address}`,
    };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const body = isLocal(request) ? this.#bodyOf(request.url ?? "") : undefined;
    if (body === undefined) {
      response
        .writeHead(400)
        .end("isolet: /json/list and /json/version are served, under 127.0.0.1 or localhost");
      return;
    }
    const json = Buffer.from(JSON.stringify(body));
    // Chrome can't read an answer in chunks here.
    const headers = { "content-type": "application/json; charset=UTF-8", "content-length": json.length };
    response.writeHead(200, headers).end(json);
  }

  #bodyOf(path: string): object | undefined {
    switch (path.split("?", 1)[0]) {
      case "/json":
      case "/json/list":
        return this.targets();
      case "/json/version":
        return { Browser: `node.js/${process.version}`, "Protocol-Version": "1.1" };
      default:
        return undefined;
    }
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const entry = isLocal(request) ? this.#entries.get((request.url ?? "").slice(1)) : undefined;
    if (!entry) return refuse(socket, "404 Not Found", "There is no such environment.");
    if (entry.port.isAttached) return refuse(socket, "409 Conflict", "Another debugger is attached to it.");
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#join(entry.port, client));
  }

  #join(port: DebugPort, client: WebSocket): void {
    const isFirst = port.attach({
      said(text) {
        client.send(text);
        if (client.bufferedAmount > UNSENT_LIMIT_BYTES) client.terminate();
      },
      ended: () => client.close(GOING_AWAY, "The environment has ended."),
    });
    if (!isFirst) return client.close(GOING_AWAY, "Another debugger is attached to it.");
    this.#open.set(port, client);
    client.on("message", (data: Buffer) => port.say(data.toString("utf8")));
    // Its `close` follows.
    client.on("error", () => undefined);
    client.on("close", () => {
      this.#open.delete(port);
      port.detach();
    });
  }
}

/**
 * Whether it came by a name of this machine's, which no name server can give to a page of someone else's, and from no such
 * page: browsers let any page open a WebSocket, and say which one did.
 */
function isLocal({ headers }: IncomingMessage): boolean {
  const { host = "", origin } = headers;
  if (!isOwnName(host)) return false;
  const page = origin === undefined ? null : /^https?:\/\/(.*)$/i.exec(origin);
  return page === null || isOwnName(page[1] ?? "");
}

function isOwnName(host: string): boolean {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return name === LOOPBACK || name === "localhost";
}

function refuse(socket: Socket, status: string, why: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${why}`);
}
