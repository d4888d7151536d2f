import { fileURLToPath } from "node:url";
import { invalidArgType, invalidArgValue } from "../shared/errors.ts";

/** A path as `fs` takes them: a text, bytes or a `file:` URL. */
export function pathOf(value: unknown): unknown {
  const path = value instanceof URL ? fileURLToPath(value) : value;
  if (typeof path !== "string" && !(path instanceof Uint8Array))
    throw invalidArgType("path", ["string", "Buffer", "URL"], path);
  if (typeof path === "string" ? path.includes("\0") : path.includes(0))
    throw invalidArgValue("path", path, "must be a string, Uint8Array, or URL without null bytes");
  return path;
}
