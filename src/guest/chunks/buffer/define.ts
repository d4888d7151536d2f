import type { Buffer } from "buffer/";

export type Method = (this: Buffer, ...args: unknown[]) => unknown;

export function define(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, writable: true, enumerable: false, configurable: true });
}
