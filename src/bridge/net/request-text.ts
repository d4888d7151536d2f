import { validateHeaderName, validateHeaderValue } from "node:http";
import { normalName } from "../../functions/host-pattern.ts";
import { CallFailure } from "../operations.ts";
import { defaultPort } from "./net-policy.ts";
import type { NetTarget } from "./net-policy.ts";

/** A request as a guest asks for it, checked. */
export interface NetRequest extends NetTarget {
  /** Path and query. */
  readonly path: string;
  /** The URL's, without credentials and fragment; for messages. */
  readonly url: string;
  /** By name as the guest writes it; several values of one name stay several lines. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly contentLength: number | undefined;
  readonly hasBody: boolean;
}

/** Longest URL, and names and values of all headers together, in characters. */
const URL_LIMIT = 65_536;
const HEADERS_LIMIT = 65_536;

/** Headers that belong to the connection, which is the host's. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/;
const FORBIDDEN_METHODS = ["CONNECT", "TRACE", "TRACK"];

/** Reads the argument of `net.fetch`. Throws a `CallFailure` that says what is wrong with it. */
export function readNetRequest(argument: string): NetRequest {
  const given = parse(argument);
  const { method = "GET", hasBody = false } = given;
  if (typeof method !== "string" || !METHOD.test(method)) throw wrong("the method is not a token");
  if (FORBIDDEN_METHODS.includes(method.toUpperCase())) throw wrong(`the method ${method} is never allowed`);
  if (typeof hasBody !== "boolean") throw wrong("hasBody is neither true nor false");
  const url = readUrl(given.url);
  const scheme = url.protocol === "https:" ? "https" : "http";
  return {
    method,
    scheme,
    host: hostOf(url),
    port: url.port === "" ? defaultPort(scheme) : Number(url.port),
    path: url.pathname + url.search,
    url: url.origin + url.pathname,
    hasBody,
    ...readHeaders(given.headers ?? [], url),
  };
}

function parse(argument: string): Readonly<Record<string, unknown>> {
  if (argument.length > 4 * (URL_LIMIT + HEADERS_LIMIT)) throw wrong("it is too long");
  try {
    const given: unknown = JSON.parse(argument);
    if (typeof given === "object" && given !== null) return given as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw wrong("it is not a JSON object");
}

function readUrl(text: unknown): URL {
  if (typeof text !== "string" || text.length > URL_LIMIT) {
    throw wrong(`the URL is not a text of at most ${URL_LIMIT} characters`);
  }
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw wrong("the URL is not an http or https one");
  if (url.username !== "" || url.password !== "") throw wrong("the URL has credentials in it");
  return url;
}

/** Its name in lower case and without a final dot, or its address without brackets. */
function hostOf({ hostname }: URL): string {
  if (hostname.startsWith("[")) return hostname.slice(1, -1);
  const name = normalName(hostname);
  if (name === "") throw wrong("the URL's host is not a name");
  return name;
}

function readHeaders(given: unknown, url: URL) {
  if (!Array.isArray(given)) throw wrong("the headers are not a list of pairs");
  const headers = new Map<string, string[]>();
  const names = new Map<string, string>();
  let hostHeader: string | undefined;
  let contentLength: number | undefined;
  let size = 0;
  for (const pair of given as readonly unknown[]) {
    const [name, value] = readPair(pair);
    size += name.length + value.length;
    if (size > HEADERS_LIMIT) throw wrong(`the headers have more than ${HEADERS_LIMIT} characters`);
    const key = name.toLowerCase();
    if (key === "host") hostHeader = otherHost(value, url);
    else if (key === "content-length") contentLength = readLength(value, contentLength);
    else if (!CONNECTION_HEADERS.has(key)) {
      const asWritten = names.get(key) ?? name;
      names.set(key, asWritten);
      headers.set(asWritten, [...(headers.get(asWritten) ?? []), value]);
    }
  }
  return { headers, hostHeader, contentLength };
}

function readPair(pair: unknown): readonly [string, string] {
  const [name, value] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
  if (typeof name !== "string" || typeof value !== "string") throw wrong("a header is not a pair of texts");
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw wrong(`the header ${JSON.stringify(name.slice(0, 64))} has characters that no header can have`);
  }
  return [name, value];
}

function otherHost(value: string, url: URL): string | undefined {
  const asked = URL.parse(`${url.protocol}//${value}`);
  if (asked?.pathname !== "/" || asked.username !== "" || asked.search !== "" || asked.hash !== "") {
    throw wrong("the header Host is not a host");
  }
  return asked.host === url.host ? undefined : asked.host;
}

function readLength(value: string, before: number | undefined): number {
  const length = /^[0-9]{1,15}$/.test(value) ? Number(value) : NaN;
  if (Number.isNaN(length) || (before !== undefined && before !== length)) {
    throw wrong("the header Content-Length is not one number");
  }
  return length;
}

function wrong(what: string): CallFailure {
  return new CallFailure("TypeError", `Invalid request: ${what}.`, "ERR_INVALID_ARG_VALUE");
}
