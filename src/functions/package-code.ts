import { createHash } from "node:crypto";
import { posix } from "node:path";
import { describeValue, InvalidCodeError } from "../base/errors.ts";
import { readArtifact, readLayers } from "./artifact.ts";
import type { ArtifactSource } from "./artifact.ts";
import { bundleFile } from "./bundle.ts";
import { BundleCache } from "./bundle-cache.ts";
import type { CodeStore } from "./code-store.ts";
import { needsLowering, trackingOf } from "./lower-async.ts";
import type { Tracking } from "./lower-async.ts";
import { lowerOnce } from "./lowered-cache.ts";
import type { CodePackage } from "./package.ts";
import { readCode, readLayerSettings } from "./read-code.ts";
import { rewriteImports } from "./rewrite-imports.ts";
import { spellOut } from "./spell-out.ts";
import type { ArtifactCode, FunctionCode } from "./settings.ts";

/** Most bytes of JavaScript one function may have, unless the engine says otherwise: 50 MB. */
export const DEFAULT_CODE_LIMIT_BYTES: number = 50 * 1024 * 1024;

const TASK_ROOT = "/var/task";

/** What an inline source is called in the guest; Lambda unpacks artifacts to `/var/task`. */
const SOURCE_FILENAME = "/var/task/index.js";

/** Options of packaging. */
export interface PackageOptions {
  /**
   * Most bytes the one JavaScript file may have, after bundling. Default 52 428 800 (50 MB). Of an artifact it is the
   * handler's file that counts; all its files have a limit of their own.
   */
  readonly codeLimitBytes?: number;
  /** Default `index.handler`; an artifact's file is found by it. */
  readonly handler?: string;
  readonly layers?: readonly ArtifactCode[] | undefined;
  /** Where bundles are kept. */
  readonly store?: CodeStore | undefined;
}

/**
 * Makes a function's code ready for cells: the one JavaScript file of its handler, and the files it may load.
 *
 * A `source` is taken as it is, without parsing: its syntax errors and format show when it is compiled. A `file` is
 * bundled by esbuild with the npm packages it imports; Node's built-in modules stay imports. Of a `directory` or a `zip`
 * all files are kept, and resolved when the function runs.
 *
 * Throws `InvalidOptionError` (`INVALID_SETTING`) when `code` or `layers` isn't one of its forms, and `InvalidCodeError`
 * when a file is missing, imports what can't be found (`Runtime.ImportModuleError`), isn't valid
 * (`Runtime.UserCodeSyntaxError`), or something is over a limit (`InvalidParameterValueException`, as in Lambda).
 */
export async function packageCode(
  name: string,
  code: FunctionCode,
  options: PackageOptions = {},
): Promise<CodePackage> {
  const subject = `Function ${describeValue(name)}`;
  const limitBytes = options.codeLimitBytes ?? DEFAULT_CODE_LIMIT_BYTES;
  const given = readCode(subject, code);
  const layers = readLayerSettings(subject, options.layers);
  const { handler = "index.handler", store } = options;
  const made = await make(subject, given, layers, { handler, store });
  return finish(subject, made, limitBytes, store);
}

async function finish(
  subject: string,
  made: Made,
  limitBytes: number,
  store: CodeStore | undefined,
): Promise<CodePackage> {
  checkSize(subject, made.source, limitBytes);
  const { tracking = trackingOf([made.source]), ...rest } = made;
  const lowered = needsLowering(tracking)
    ? await lowerOnce({ ...made, file: posix.relative(TASK_ROOT, made.filename) }, store)
    : undefined;
  const finished = { ...rest, ...lowered };
  const sourceBytes = checkSize(subject, finished.source, limitBytes);
  const { source, hasDynamicImport, hasImportMeta } = rewriteImports(spellOut(finished.source));
  return Object.freeze({
    ...finished,
    source,
    ...tracking,
    usesImports: hasDynamicImport || hasImportMeta,
    sha256: made.sha256 ?? createHash("sha256").update(finished.source).digest("hex"),
    sizeBytes: made.sizeBytes ?? sourceBytes,
  });
}

/** A package of which what follows from the source is left out. */
type Made = Pick<
  CodePackage,
  "source" | "format" | "filename" | "sourceMap" | "sourceRoot" | "sourceMaps" | "pack"
> & {
  readonly sha256?: string;
  readonly sizeBytes?: number;
  readonly tracking?: Tracking | undefined;
};

async function make(
  subject: string,
  given: ReturnType<typeof readCode>,
  layers: readonly ArtifactSource[],
  { handler, store }: { readonly handler: string; readonly store: CodeStore | undefined },
): Promise<Made> {
  if (given.kind === "artifact") {
    return { ...(await readArtifact(subject, given.artifact, layers, handler, store)), sourceMap: undefined };
  }
  const made =
    given.kind === "source"
      ? { source: given.text, format: undefined, filename: SOURCE_FILENAME, sourceMap: undefined }
      : await bundleFile(subject, given.path, given.settings, store && new BundleCache(store));
  const layered = await readLayers(subject, layers);
  if (!layered) return { ...made, pack: undefined };
  const sha256 = createHash("sha256").update(made.source).update(layered.sha256).digest("hex");
  return { ...made, pack: layered.pack, sha256 };
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
