import { createHash } from "node:crypto";
import { basename } from "node:path";
import { describeValue, InvalidCodeError, InvalidOptionError } from "../base/errors.ts";
import { bundleFile } from "./bundle.ts";
import { lowerAsync, usesContext } from "./lower-async.ts";
import type { CodePackage } from "./package.ts";
import type { FunctionCode } from "./settings.ts";

/** Most bytes of JavaScript one function may have, unless the engine says otherwise: 50 MB. */
export const DEFAULT_CODE_LIMIT_BYTES: number = 50 * 1024 * 1024;

/** What an inline source is called in the guest; Lambda unpacks artifacts to `/var/task`. */
const SOURCE_FILENAME = "/var/task/index.js";

/** Limits of packaging. */
export interface PackageOptions {
  /**
   * Most bytes the one JavaScript file may have, after bundling. Default 52 428 800 (50 MB).
   * (Lambda allows 250 MB of unpacked artifact, most of which is never loaded; all of this is compiled.)
   */
  readonly codeLimitBytes?: number;
}

/**
 * Makes one self-contained JavaScript file of a function's code.
 *
 * A `source` is taken as it is, without parsing: its syntax errors and format show when it is compiled. A `file` is
 * bundled by esbuild with the npm packages it imports; Node's built-in modules stay imports.
 *
 * Throws `InvalidOptionError` (`INVALID_SETTING`) when `code` doesn't hold exactly one of `source` and `file`, and
 * `InvalidCodeError` when a file is missing, imports what can't be found (`Runtime.ImportModuleError`), isn't valid
 * (`Runtime.UserCodeSyntaxError`), or the code is over the limit (`InvalidParameterValueException`, as in Lambda).
 */
export async function packageCode(
  name: string,
  code: FunctionCode,
  options: PackageOptions = {},
): Promise<CodePackage> {
  const subject = `Function ${describeValue(name)}`;
  const limitBytes = options.codeLimitBytes ?? DEFAULT_CODE_LIMIT_BYTES;
  const given = readCode(subject, code);
  if (given.kind === "source") {
    const code = { source: given.text, format: undefined, filename: SOURCE_FILENAME, sourceMap: undefined };
    return finish(subject, code, limitBytes);
  }
  return finish(subject, await bundleFile(subject, given.text), limitBytes);
}

type Code = Pick<CodePackage, "source" | "format" | "filename" | "sourceMap">;

async function finish(subject: string, code: Code, limitBytes: number): Promise<CodePackage> {
  checkSize(subject, code.source, limitBytes);
  const tracksContext = usesContext(code.source);
  const lowered = tracksContext ? await lowerAsync({ ...code, file: basename(code.filename) }) : undefined;
  const finished = { ...code, ...lowered };
  const sizeBytes = checkSize(subject, finished.source, limitBytes);
  const sha256 = createHash("sha256").update(finished.source).digest("hex");
  return Object.freeze({ ...finished, tracksContext, sha256, sizeBytes });
}

interface GivenCode {
  readonly kind: "source" | "file";
  readonly text: string;
}

function readCode(subject: string, code: unknown): GivenCode {
  if (typeof code !== "object" || code === null) refuseCode(subject, "code", code);
  const fields = Object.entries(code).filter(([, value]) => value !== undefined);
  const [first, second] = fields;
  if (!first || second)
    refuseCode(subject, "code", fields.map(([key]) => key).join(" and ") || "an empty object");
  const [kind, text] = first as [string, unknown];
  if (kind !== "source" && kind !== "file") refuseCode(subject, `code.${kind}`, text);
  if (typeof text !== "string") refuseCode(subject, `code.${kind}`, text);
  if (kind === "file" && text === "") refuseCode(subject, "code.file", text);
  return { kind, text };
}

function refuseCode(subject: string, field: string, value: unknown): never {
  const allowed =
    'either { source: "…" } with JavaScript text or { file: "…" } with the path of an entry file';
  throw new InvalidOptionError(subject, field, value, allowed, "INVALID_SETTING");
}

function checkSize(subject: string, source: string, limitBytes: number): number {
  const sizeBytes = Buffer.byteLength(source);
  if (sizeBytes <= limitBytes) return sizeBytes;
  throw new InvalidCodeError(
    `${subject}: the code has ${sizeBytes} bytes, over the limit codeLimitBytes of ${limitBytes}. ` +
      `Import less, move data out of the code, or raise codeLimitBytes.`,
    "InvalidParameterValueException",
  );
}
