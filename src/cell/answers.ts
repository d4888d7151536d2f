import { randomBytes, randomUUID } from "node:crypto";
import { GuestQuestion } from "../guest/contract.ts";

/** Most bytes of randomness one question may ask for, as in Web Crypto. */
const RANDOM_LIMIT_BYTES = 65_536;

/** Longest URL that is parsed, in UTF-16 units. */
const URL_LIMIT = 1_048_576;

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

function randomText(count: number): string {
  if (!Number.isInteger(count) || count < 0 || count > RANDOM_LIMIT_BYTES) return "";
  return randomBytes(count).toString("latin1");
}

/** A few hundred nanoseconds in Node's own parser, and conforming, where a guest-side parser costs 300 KB. */
function parseUrl(text: string): string {
  const parts: unknown = JSON.parse(text);
  if (!Array.isArray(parts)) return "";
  const [input, base] = parts as readonly unknown[];
  if (typeof input !== "string") return "";
  const url = URL.parse(input, typeof base === "string" ? base : undefined);
  if (!url) return "";
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
