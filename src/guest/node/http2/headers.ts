/** Headers as `node:http2` has them, from and to those of HTTP/1.1. */
import type { IncomingMessage } from "node:http";

type HeaderValue = string | number | readonly string[] | undefined;
export type Headers = Record<string, HeaderValue>;

/** What belongs to one connection of HTTP/1.1 and is no part of HTTP/2. */
const OF_CONNECTIONS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** A header's value as one text. */
export function textOf(headers: Readonly<Headers>, name: string): string {
  const value = headers[name] ?? "";
  return typeof value === "object" ? value.join(", ") : String(value);
}

/** As Node completes those of a request: names in lower case, pseudo-headers first. */
export function completed(given: Readonly<Headers>, origin: URL): Headers {
  const headers: Headers = Object.create(null) as Headers;
  Object.assign(headers, { ":method": "GET", ":authority": origin.host });
  Object.assign(headers, { ":scheme": origin.protocol.slice(0, -1), ":path": "/" });
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  if (given["host"] !== undefined && given[":authority"] === undefined) delete headers[":authority"];
  return headers;
}

/** Those that a request of HTTP/1.1 has in their place. */
export function toClassic(headers: Readonly<Headers>): Record<string, string | string[]> {
  const classic: Record<string, string | string[]> = {};
  if (headers[":authority"] !== undefined) classic["host"] = textOf(headers, ":authority");
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(":") || value === undefined || OF_CONNECTIONS.has(name)) continue;
    classic[name] = typeof value === "object" ? [...value] : String(value);
  }
  return classic;
}

/** Those of a response, with its status among them. */
export function fromClassic(response: IncomingMessage, sensitive: symbol): Headers {
  const headers = Object.create(null) as Headers;
  headers[":status"] = response.statusCode;
  for (const [name, value] of Object.entries(response.headers)) {
    if (!OF_CONNECTIONS.has(name)) headers[name] = value;
  }
  Object.defineProperty(headers, sensitive, { value: [], enumerable: true, writable: true });
  return headers;
}
