/** What undici's fetch uses of the helpers of undici's HTTP client. */
import { isDisturbed } from "./stream.ts";

export { isDisturbed };

export const kEnumerableProperty: PropertyDescriptor = Object.assign(Object.create(null) as object, {
  enumerable: true,
});

/** The methods that are written in upper case however they are given, and `PATCH`, which is not. */
const METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "QUERY"];
const both = METHODS.flatMap((method) => [
  [method, method],
  [method.toLowerCase(), method],
]);

type Names = Readonly<Record<string, string>>;

const named = (entries: readonly string[][]): Names =>
  Object.assign(Object.create(null) as object, Object.fromEntries(entries) as Names);

export const normalizedMethodRecordsBase: Names = named(both);
export const normalizedMethodRecords: Names = named([...both, ["patch", "patch"], ["PATCH", "PATCH"]]);

interface Signal {
  addEventListener(type: string, listener: () => void, options: object): void;
  removeEventListener(type: string, listener: () => void): void;
}

export function addAbortListener(signal: Signal, listener: () => void): () => void {
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

export function bufferToLowerCasedHeaderName(name: { toString(encoding: string): string }): string {
  return name.toString("latin1").toLowerCase();
}

export function setHeader(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

const TOKEN = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;

export function isValidHTTPToken(text: string): boolean {
  return TOKEN.test(text);
}
