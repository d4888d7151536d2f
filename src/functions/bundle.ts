import { realpath, stat } from "node:fs/promises";
import { dirname, join, parse, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildOptions, BuildResult } from "esbuild";
import { InvalidCodeError } from "../base/errors.ts";
import { bundleFailure } from "./bundle-failure.ts";
import type { ModuleFormat } from "./package.ts";

/** One file made of an entry and everything it imports but Node's built-in modules. */
export interface Bundle {
  readonly source: string;
  readonly format: ModuleFormat;
  readonly filename: string;
  /** JSON of a source map whose `sources` are relative to the folder of the entry's `package.json`. */
  readonly sourceMap: string;
}

/** Folder the guest believes its code is in, as in Lambda. */
const TASK_ROOT = "/var/task";

const FILENAMES: Readonly<Record<ModuleFormat, string>> = {
  esm: `${TASK_ROOT}/index.mjs`,
  commonjs: `${TASK_ROOT}/index.js`,
};

/** What a module can tell of its own place. esbuild leaves these as they are, and the other format doesn't have them. */
const PLACES: Readonly<Record<ModuleFormat, Record<string, string>>> = {
  esm: { __dirname: JSON.stringify(TASK_ROOT), __filename: JSON.stringify(FILENAMES.esm) },
  commonjs: {
    "import.meta.url": JSON.stringify(`file://${FILENAMES.commonjs}`),
    "import.meta.dirname": JSON.stringify(TASK_ROOT),
    "import.meta.filename": JSON.stringify(FILENAMES.commonjs),
  },
};

/** Start of esbuild's stand-in for `require` in an ES module; it throws unless the module has a `require` of its own. */
const REQUIRE_SHIM = /^var __require = /m;

/**
 * The `require` for CommonJS packages that were bundled into an ES module and load built-ins such as `buffer`. It stands
 * at the end, where both declarations are hoisted, so that no line of the bundle moves under its source map; a
 * top-level `require` of the user's own has been renamed by esbuild.
 */
const REQUIRE_FOOTER = `import { createRequire as __isoletCreateRequire } from "node:module";
function require(id) { return (require.inner ??= __isoletCreateRequire("${FILENAMES.esm}"))(id); }
`;

/**
 * Bundles `file` (a path or `file:` URL) with esbuild, which is loaded on the first use. An ES module stays one, with
 * top-level await; a CommonJS entry stays CommonJS. JSX uses the automatic runtime unless the tsconfig says otherwise.
 *
 * Packages are resolved as esbuild does for Node: by their `exports`, else by `main`, and by `module` where that is all
 * they have.
 */
export async function bundleFile(subject: string, file: string): Promise<Bundle> {
  const entry = await findEntry(subject, file);
  const root = await projectRoot(dirname(entry));
  const first = await build(subject, entry, root, /\.c[jt]s$/.test(entry) ? "commonjs" : "esm");
  // Only parsing tells a `.js` or `.ts` file's format, and the output's format has to be given: CommonJS goes twice.
  if (first.format === "esm" && isCommonJs(first.result)) {
    return toBundle(await build(subject, entry, root, "commonjs"));
  }
  return toBundle(first);
}

async function findEntry(subject: string, file: string): Promise<string> {
  const path = pathOf(subject, file);
  try {
    const entry = await realpath(path);
    if ((await stat(entry)).isFile()) return entry;
  } catch (error) {
    const asGiven = `given as ${JSON.stringify(file)}, the working directory being ${process.cwd()}`;
    throw missingFile(
      `${subject}: can't read the file ${path}${path === file ? "" : ` (${asGiven})`}.`,
      error,
    );
  }
  throw missingFile(
    `${subject}: ${path} isn't a file; name the entry file itself, such as ${join(path, "index.ts")}.`,
  );
}

function pathOf(subject: string, file: string): string {
  if (!file.startsWith("file:")) return resolve(file);
  try {
    return fileURLToPath(file);
  } catch (error) {
    throw missingFile(`${subject}: ${file} isn't the URL of a file on this machine.`, error);
  }
}

function missingFile(message: string, cause?: unknown): InvalidCodeError {
  return new InvalidCodeError(message, "Runtime.ImportModuleError", cause);
}

/**
 * The nearest folder with a `package.json`, else the entry's own. Traces name files relative to it: that is the path
 * the user knows, and it depends on neither the working directory nor the machine, and so neither does the bundle.
 */
async function projectRoot(folder: string): Promise<string> {
  for (let current = folder; current !== parse(current).root; current = dirname(current)) {
    if (await stat(join(current, "package.json")).catch(() => undefined)) return current;
  }
  return folder;
}

interface Built {
  readonly format: ModuleFormat;
  readonly result: BuildResult<{ write: false; metafile: true }>;
}

async function build(subject: string, entry: string, root: string, format: ModuleFormat): Promise<Built> {
  try {
    // Loaded here: it starts a process of its own, which functions given as source text never need.
    const esbuild = await import("esbuild");
    return {
      format,
      result: await esbuild.build({ ...buildOptions(entry, root, format), write: false, metafile: true }),
    };
  } catch (error) {
    throw bundleFailure(subject, entry, root, error);
  }
}

function buildOptions(entry: string, root: string, format: ModuleFormat): BuildOptions {
  return {
    entryPoints: [entry],
    absWorkingDir: root,
    // Nothing is written; sources in the map are relative to this folder.
    outdir: root,
    bundle: true,
    platform: "node",
    target: "node24",
    format: format === "esm" ? "esm" : "cjs",
    define: PLACES[format],
    jsx: "automatic",
    sourcemap: "external",
    // Traces need names and positions only; sources would double what every deployed function keeps in memory.
    sourcesContent: false,
    logLevel: "silent",
  };
}

/** esbuild calls a module CommonJS when it uses `exports`, `module` or TypeScript's `export =`. */
function isCommonJs({ metafile }: Built["result"]): boolean {
  const entry = Object.values(metafile.outputs).find((output) => output.entryPoint !== undefined)?.entryPoint;
  return entry !== undefined && metafile.inputs[entry]?.format === "cjs";
}

function toBundle({ format, result }: Built): Bundle {
  // Imported style sheets come out as files of their own; a function has no use for them.
  const textOf = (ending: string): string =>
    result.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  const source = textOf(".js");
  const needsRequire = format === "esm" && REQUIRE_SHIM.test(source);
  return {
    source: needsRequire ? source + REQUIRE_FOOTER : source,
    format,
    filename: FILENAMES[format],
    sourceMap: textOf(".js.map"),
  };
}
