import { invalidArgument, notHere, withCode } from "./errors.ts";
import { isToken } from "./names.ts";

/** What `http.request` takes, as far as it means something here. */
export interface RequestOptions {
  readonly protocol?: string | null;
  readonly host?: string | null;
  readonly hostname?: string | null;
  readonly port?: number | string | null;
  readonly defaultPort?: number | string;
  readonly path?: string | null;
  readonly method?: string;
  readonly headers?: unknown;
  readonly auth?: string | null;
  readonly agent?: unknown;
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  readonly setHost?: boolean;
  readonly setDefaultHeaders?: boolean;
  readonly socketPath?: string;
  readonly joinDuplicateHeaders?: boolean;
}

export type ResponseListener = (response: unknown) => void;

/** Sorts out `(url?, options?, callback?)`. */
export function readArguments(
  args: readonly unknown[],
): [options: RequestOptions, callback?: ResponseListener] {
  const rest = [...args];
  let options: RequestOptions = {};
  if (typeof rest[0] === "string") options = fromUrl(parse(rest.shift() as string));
  else if (isUrl(rest[0])) options = fromUrl(rest.shift() as URL);
  if (typeof rest[0] === "object" && rest[0] !== null)
    options = { ...options, ...inherited(rest.shift() as object) };
  const callback = rest.find((arg) => typeof arg === "function") as ResponseListener | undefined;
  return callback ? [options, callback] : [options];
}

/** Options may come from a prototype, as those of Node may. */
function inherited(options: object): RequestOptions {
  const all: Record<string, unknown> = {};
  for (const name in options) all[name] = Reflect.get(options, name);
  return all;
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw Object.assign(withCode("ERR_INVALID_URL", new TypeError("Invalid URL")), { input: text });
  }
}

function isUrl(value: unknown): value is URL {
  return (
    typeof value === "object" &&
    value !== null &&
    "href" in value &&
    "protocol" in value &&
    "searchParams" in value
  );
}

function fromUrl(url: URL): RequestOptions {
  const { protocol, hostname, port, pathname, search, username, password } = url;
  return {
    protocol,
    hostname: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname,
    path: `${pathname}${search}`,
    ...(port !== "" && { port: Number(port) }),
    ...((username || password) && {
      auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
    }),
  };
}

/** What a request asks for, once its options are read. */
export interface Target {
  readonly protocol: "http:" | "https:";
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly method: string;
  /** Host and port as the `Host` header has them. */
  readonly authority: string;
}

/** @throws for options that can't be, or can't be here. */
export function readTarget(options: RequestOptions, defaultProtocol: string): Target {
  const agent = options.agent as { protocol?: string; defaultPort?: number } | false | null | undefined;
  const protocol = options.protocol ?? (agent ? agent.protocol : undefined) ?? defaultProtocol;
  if (protocol !== "http:" && protocol !== "https:") throw protocolError(protocol, defaultProtocol);
  if (options.socketPath)
    throw notHere("socketPath", "a function has no sockets of the machine; use a host and a port.");
  const method = checkMethod(options.method);
  const path = options.path ?? "/";
  if (/[^\u0021-\u00ff]/.test(path)) {
    throw withCode("ERR_UNESCAPED_CHARACTERS", new TypeError("Request path contains unescaped characters"));
  }
  const host = options.hostname ?? options.host ?? "localhost";
  const defaultPort = protocol === "https:" ? 443 : 80;
  const port = Number(options.port || options.defaultPort || defaultPort);
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const authority = port === defaultPort ? name : `${name}:${port}`;
  return { protocol, host, port, path, method, authority };
}

function protocolError(protocol: string, expected: string): TypeError {
  const message = `Protocol "${protocol}" not supported. Expected "${expected}"`;
  return withCode("ERR_INVALID_PROTOCOL", new TypeError(message));
}

function checkMethod(method: unknown): string {
  if (method === undefined || method === null || method === "") return "GET";
  if (typeof method !== "string") throw invalidArgument("options.method", "of type string", method);
  const message = `Method must be a valid HTTP token ["${method}"]`;
  if (isToken(method)) return method.toUpperCase();
  throw withCode("ERR_INVALID_HTTP_TOKEN", new TypeError(message));
}
