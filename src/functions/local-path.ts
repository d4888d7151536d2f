import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InvalidCodeError } from "../base/errors.ts";

/** The absolute path that a path or a `file:` URL means. */
export function localPath(subject: string, given: string): string {
  if (!given.startsWith("file:")) return resolve(given);
  try {
    return fileURLToPath(given);
  } catch (error) {
    throw new InvalidCodeError(
      `${subject}: ${given} isn't the URL of a file on this machine.`,
      "Runtime.ImportModuleError",
      error,
    );
  }
}
