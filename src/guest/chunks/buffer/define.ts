import type { Buffer } from "buffer/";

export type Method = (this: Buffer, ...args: unknown[]) => unknown;

/** As Node has its own: packages go through the methods there are. */
export function define(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, writable: true, enumerable: true, configurable: true });
}
