import { randomBytes, randomUUID } from "node:crypto";
import { GuestQuestion } from "../guest/contract.ts";

/** Most bytes of randomness one question may ask for, as in Web Crypto. */
const RANDOM_LIMIT_BYTES = 65_536;

/** Longest question about a URL, in UTF-16 units: the guest takes 1 MiB of input, which JSON can make six times as long. */
const URL_LIMIT = 6_291_456 + 64;

/** What of a URL can be set. */
const URL_FIELDS = [
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
  "href",
] as const;

/** Answers what a guest asks of its cell, all of it from the arguments alone. Unknown questions get an empty answer. */
export function answer(kind: number, text: string): string {
  switch (kind) {
    case GuestQuestion.RandomBytes:
      return randomText(Number(text));
    case GuestQuestion.RandomUuid:
      return randomUUID();
    case GuestQuestion.ParseUrl:
      return text.length <= URL_LIMIT ? parseUrl(text) : "";
    case GuestQuestion.Now:
      return String(performance.now());
    default:
      return "";
  }
}

function setUrlField(url: URL, name: unknown, value: string): void {
  const field = URL_FIELDS.find((known) => known === name);
  if (field) url[field] = value;
}

function randomText(count: number): string {
  if (!Number.isInteger(count) || count < 0 || count > RANDOM_LIMIT_BYTES) return "";
  return randomBytes(count).toString("latin1");
}

/** A few hundred nanoseconds in Node's own parser, and conforming, where a guest-side parser costs 300 KB. */
function parseUrl(text: string): string {
  const parts: unknown = JSON.parse(text);
  if (!Array.isArray(parts)) return "";
  const [input, second, third] = parts as readonly unknown[];
  if (typeof input !== "string") return "";
  const isSetting = typeof third === "string";
  const url = URL.parse(input, !isSetting && typeof second === "string" ? second : undefined);
  if (!url) return "";
  if (isSetting) setUrlField(url, second, third);
  const { href, protocol, username, password, host, hostname, port, pathname, search, hash, origin } = url;
  return JSON.stringify({
    href,
    protocol,
    username,
    password,
    host,
    hostname,
    port,
    pathname,
    search,
    hash,
    origin,
  });
}
