import { randomUUID } from "node:crypto";

/** Makes request ids; a dependency so that tests can count them. */
export type RequestIds = () => string;

/** Lambda's form of request id: a version 4 UUID. */
export const randomRequestId: RequestIds = () => randomUUID();

/** Hex digits of a log stream's last part, as Lambda writes it: 32 of them. */
export function randomStreamSuffix(): string {
  return randomUUID().replaceAll("-", "");
}
