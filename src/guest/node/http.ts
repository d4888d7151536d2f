/** `node:http` without sockets: servers are sent requests by `emit`, and the host sends what is requested, if `net` is granted. */
import { Agent, HttpsAgent } from "./http/agent.ts";
import { type ClientRequest, makeClientRequest } from "./http/client.ts";
import type { Caller } from "./http/exchange.ts";
import { IncomingMessage } from "./http/incoming.ts";
import { METHODS, STATUS_CODES, validateHeaderName, validateHeaderValue } from "./http/names.ts";
import { OutgoingMessage } from "./http/outgoing.ts";
import { ServerResponse } from "./http/response.ts";
import { Server } from "./http/server.ts";

/** For `node:https`, which is the same but for its protocol. */
const secureKey = Symbol.for("isolet.https");

export function create({ calls }: { readonly calls: Caller }): object {
  const plain = clientOf(calls, "http:");
  const secure = clientOf(calls, "https:");
  const createServer = (options?: unknown, listener?: unknown): Server => new Server(options, listener);
  const globalAgent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5_000 });
  const https = {
    Agent: HttpsAgent,
    Server,
    createServer,
    globalAgent: new HttpsAgent({ keepAlive: true, scheduling: "lifo", timeout: 5_000 }),
    request: secure.request,
    get: secure.get,
  };
  const http = {
    Agent,
    ClientRequest: plain.ClientRequest,
    IncomingMessage,
    METHODS,
    OutgoingMessage,
    STATUS_CODES,
    Server,
    ServerResponse,
    createServer,
    get: plain.get,
    globalAgent,
    maxHeaderSize: 16_384,
    request: plain.request,
    setMaxIdleHTTPParsers: () => undefined,
    validateHeaderName,
    validateHeaderValue,
  };
  return Object.defineProperty(http, secureKey, { value: https });
}

type Send = (...args: unknown[]) => ClientRequest;

function clientOf(calls: Caller, protocol: string): { ClientRequest: unknown; request: Send; get: Send } {
  const ClientRequest = makeClientRequest(calls, protocol);
  const request: Send = (...args) => new ClientRequest(...args);
  const get: Send = (...args) => {
    const made = request(...args);
    made.end();
    return made;
  };
  return { ClientRequest, request, get };
}
