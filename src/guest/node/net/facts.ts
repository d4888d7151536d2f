import type { ConnectionFacts } from "./wire.ts";

/** What is read of a socket by itself. */
const NAMES = [
  "localAddress",
  "localPort",
  "localFamily",
  "remoteAddress",
  "remotePort",
  "remoteFamily",
] as const;

export function defineFacts(prototype: object, factsOf: (socket: unknown) => ConnectionFacts): void {
  for (const name of NAMES) {
    const get = function (this: unknown): unknown {
      return factsOf(this)[name];
    };
    Object.defineProperty(prototype, name, { get, enumerable: true, configurable: true });
  }
}
