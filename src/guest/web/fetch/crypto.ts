/** `node:crypto`, as far as undici's fetch uses it: loaded for a request's `integrity` only. */
import type { createHash as CreateHash } from "node:crypto";
import { GuestQuestion } from "../../contract.ts";
import { builtin, runtime } from "./ports.ts";

export function getHashes(): string[] {
  return ["sha256", "sha384", "sha512"];
}

export function hash(algorithm: string, bytes: Uint8Array, encoding: string): string {
  const { createHash } = builtin<{ readonly createHash: typeof CreateHash }>("node:crypto");
  return createHash(algorithm)
    .update(bytes)
    .digest(encoding as "base64");
}

/** For the boundaries of forms. */
export function randomInt(below: number): number {
  const bytes = runtime.host.ask(GuestQuestion.RandomBytes, "6");
  let value = 0;
  for (let index = 0; index < bytes.length; index++) value = value * 256 + bytes.charCodeAt(index);
  return value % below;
}
