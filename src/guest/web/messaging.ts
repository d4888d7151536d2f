/** `MessageChannel` and `MessagePort`. */
import type { Parts } from "../runtime/globals/parts.ts";
import { createMessaging } from "./messaging/port.ts";

export function create(parts: Parts): object {
  return createMessaging(parts);
}
