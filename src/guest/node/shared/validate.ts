/** Checks of arguments, which throw as Node's do. */
import { invalidArgType, invalidArgValue, outOfRange } from "./errors.ts";

export function requireString(value: unknown, name: string): asserts value is string {
  if (typeof value !== "string") throw invalidArgType(name, "string", value);
}

export function requireFunction(
  value: unknown,
  name: string,
): asserts value is (...args: unknown[]) => unknown {
  if (typeof value !== "function") throw invalidArgType(name, "function", value);
}

export function requireBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== "boolean") throw invalidArgType(name, "boolean", value);
}

export function requireObject(value: unknown, name: string): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalidArgType(name, "object", value);
}

export function requireArray(value: unknown, name: string): asserts value is unknown[] {
  if (!Array.isArray(value)) throw invalidArgType(name, "Array", value);
}

export function requireNumber(
  value: unknown,
  name: string,
  least: number = -Infinity,
  most: number = Infinity,
): asserts value is number {
  if (typeof value !== "number") throw invalidArgType(name, "number", value);
  if (value >= least && value <= most) return;
  if (Number.isNaN(value) && least === -Infinity && most === Infinity) return;
  const range = [
    ...(least === -Infinity ? [] : [`>= ${least}`]),
    ...(most === Infinity ? [] : [`<= ${most}`]),
  ].join(" && ");
  throw outOfRange(name, range, value);
}

export function requireInteger(
  value: unknown,
  name: string,
  least: number = Number.MIN_SAFE_INTEGER,
  most: number = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (typeof value !== "number") throw invalidArgType(name, "number", value);
  if (!Number.isInteger(value)) throw outOfRange(name, "an integer", value);
  if (value < least || value > most) throw outOfRange(name, `>= ${least} && <= ${most}`, value);
}

export function requireOneOf(value: unknown, name: string, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  const list = allowed.map((item) => (typeof item === "string" ? `'${item}'` : String(item))).join(", ");
  throw invalidArgValue(name, value, `must be one of: ${list}`);
}

/** What of an AbortSignal is used. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void, options?: object): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export function requireSignal(value: unknown, name: string): asserts value is Signal | undefined {
  if (value === undefined) return;
  if (typeof value !== "object" || value === null || !("aborted" in value))
    throw invalidArgType(name, "AbortSignal", value);
}
