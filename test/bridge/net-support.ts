import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { onTestFinished } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { Deadlines } from "../../src/base/deadlines.ts";
import { Bindings } from "../../src/bridge/bindings.ts";
import { hostOperations } from "../../src/bridge/host-operations.ts";
import { serveOperations } from "../../src/bridge/operations.ts";
import { PermissionLedger } from "../../src/bridge/permission-ledger.ts";
import { resolveSettings } from "../../src/functions/resolve-settings.ts";
import type { FunctionPermissions } from "../../src/functions/permissions.ts";

/** What came of one call. */
interface Outcome {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** An environment's calls, without an environment. */
export interface Caller {
  readonly ledger: PermissionLedger;
  /** Opens `net.fetch` and hears everything it says. */
  open(request: object, heard: (kind: number, text: string) => void): OpenedCall;
  /** Runs a request to its end, consuming all of it. Rejects with `name: message [code]`. */
  fetch(
    request: { readonly url: string; readonly [field: string]: unknown },
    body?: string,
  ): Promise<Outcome>;
  /** Opens `net.connect`. */
  connect(target: object): HeardSocket;
  /** Any operation with one answer, which is JSON. */
  call(operation: string, argument: object): Promise<unknown>;
  close(): void;
}

/** A socket, and all that was said of it: the parts, and at last `done` or its failure. */
export interface HeardSocket extends OpenedCall {
  readonly heard: string[];
  /** Resolves with the first text that begins so; also with one that has come. Rejects when it is over without one. */
  hears(start: string): Promise<string>;
}

interface OpenedCall {
  more(text: string): void;
  end(): void;
}

export function makeCaller(net: FunctionPermissions["net"], lookup: LookupFunction = loopbackLookup): Caller {
  const { permissions } = resolveSettings("fn", {
    code: { source: "" },
    ...(net && { permissions: { net } }),
  });
  const ledger = new PermissionLedger();
  const deadlines = new Deadlines(systemClock);
  const make = hostOperations(
    {
      deadlines,
      lookup,
      ca: [],
      invoke: () => Promise.reject(new Error("not here")),
      maxInvokeDepth: 1,
      bindings: new Bindings(),
      payloadLimitBytes: 1_000,
    },
    { functionName: "fn", functionVersion: "1", permissions, ledger },
  );
  const heard = new Map<number, (kind: number, text: string) => void>();
  const server = serveOperations(make, 1_000)((call, kind, text) => heard.get(call)?.(kind, text), {
    running: () => [],
  });
  onTestFinished(() => server.close());
  let last = 0;
  const begin = (operation: string, argument: object, listener: (kind: number, text: string) => void) => {
    const call = ++last;
    heard.set(call, listener);
    server.open(call, `${operation}\n${JSON.stringify(argument)}`);
    return call;
  };
  const open: Caller["open"] = (request, listener) => {
    const call = begin("net.fetch", request, listener);
    return { more: (text) => server.more(call, text), end: () => server.end(call) };
  };
  return {
    ledger,
    open,
    call: (operation, argument) =>
      new Promise((resolve, reject) => {
        begin(operation, argument, (kind, text) => {
          if (kind === 2) reject(errorOf(text));
          else resolve(JSON.parse(text));
        });
      }),
    close: () => server.close(),
    connect: (target) => {
      const texts: string[] = [];
      const waiting = new Set<() => void>();
      const call = begin("net.connect", target, (kind, text) => {
        texts.push(kind === 0 ? text : kind === 1 ? "done" : `failed ${errorOf(text).message}`);
        for (const look of waiting) look();
      });
      const isOver = (): boolean => /^(?:done|failed)/.test(texts.at(-1) ?? "");
      return {
        heard: texts,
        hears: (start) =>
          new Promise((resolve, reject) => {
            const look = (): void => {
              const found = texts.find((text) => text.startsWith(start));
              if (found !== undefined) resolve(found);
              else if (isOver()) reject(new Error(texts.join("\n")));
              else return void waiting.add(look);
              waiting.delete(look);
            };
            look();
          }),
        more: (text) => server.more(call, text),
        end: () => server.end(call),
      };
    },
    fetch: (request, body) =>
      new Promise((resolve, reject) => {
        let head: Omit<Outcome, "body"> | undefined;
        let text = "";
        const call = open(
          { method: "GET", headers: [], hasBody: body !== undefined, ...request },
          (kind, part) => {
            if (kind === 2) {
              reject(errorOf(part));
            } else if (kind === 1) resolve({ ...(head as Outcome), body: text });
            else if (part.startsWith("~")) return;
            else if (!head) head = JSON.parse(part) as Outcome;
            else {
              text += part.slice(1);
              call.more("~1");
            }
          },
        );
        if (body === undefined) return;
        call.more(`+${body}`);
        call.more(".");
      }),
  };
}

function errorOf(text: string): Error {
  const { name, message, code } = JSON.parse(text) as Record<string, string>;
  return new Error(`${name ?? ""}: ${message ?? ""} [${code ?? ""}]`);
}

/** Has every name stand for this machine. */
export const loopbackLookup: LookupFunction = (_host, _options, callback) => {
  callback(null, [{ address: "127.0.0.1", family: 4 }]);
};

/** A server on loopback until the test has finished; gives its port. */
export async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
