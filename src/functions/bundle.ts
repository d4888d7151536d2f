import { realpath, stat } from "node:fs/promises";
import { builtinModules } from "node:module";
import { dirname, join, parse } from "node:path";
import type { BuildOptions, BuildResult } from "esbuild";
import { InvalidCodeError } from "../base/errors.ts";
import type { BundleCache, BundleOrder } from "./bundle-cache.ts";
import { bundleFailure, missingInPackages } from "./bundle-failure.ts";
import { localPath } from "./local-path.ts";
import type { ModuleFormat } from "./package.ts";
import type { BundleSettings } from "./read-code.ts";

/** One file made of an entry and everything it imports but Node's built-in modules. */
export interface Bundle {
  readonly source: string;
  readonly format: ModuleFormat;
  readonly filename: string;
  /** JSON of a source map whose `sources` are relative to the folder of the entry's `package.json`. */
  readonly sourceMap: string;
  /** That folder. */
  readonly sourceRoot: string;
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

/** What files are imported as, beside those that esbuild knows by itself. */
const LOADERS: NonNullable<BuildOptions["loader"]> = {
  ".html": "text",
  ".sql": "text",
  ".graphql": "text",
  ".gql": "text",
  ".md": "text",
  ".yaml": "text",
  ".yml": "text",
  ".csv": "text",
  ".xml": "text",
  ".svg": "text",
  ".hbs": "text",
  ".wasm": "binary",
  ".bin": "binary",
};

/** What guests have of isolet's own, as a built-in module; the package's stands for its types. */
const GUEST_MODULE = "isolet/runtime";

/** Without this esbuild writes `"development"` in its place, for any platform but Node. */
const NODE_ENV = { "process.env.NODE_ENV": "process.env.NODE_ENV" };

/**
 * Bundles `file` (a path or `file:` URL) with esbuild, which is loaded on the first use. An ES module stays one, with
 * top-level await; a CommonJS entry stays CommonJS. JSX uses the automatic runtime unless the tsconfig says otherwise.
 *
 * Packages are resolved as esbuild does for Node: by their `exports`, else by `main`, and by `module` where that is all
 * they have. For the platform `worker` it does so as for a browser, which has Node's built-ins all the same.
 *
 * With a `cache` it is taken from there when nothing that it follows from has changed.
 */
export async function bundleFile(
  subject: string,
  file: string,
  settings: BundleSettings,
  cache?: BundleCache,
): Promise<Bundle> {
  const entry = await findEntry(subject, file);
  const root = await projectRoot(dirname(entry));
  const order = { entry, root, settings };
  const kept = await cache?.get(order);
  if (kept) return { ...kept, filename: FILENAMES[kept.format], sourceRoot: root };
  const startedMs = Date.now();
  const built = await buildOnceOrTwice(subject, order);
  const bundle = toBundle(built, root);
  // What is missing may be installed later, and is no file to look at.
  if (!built.missing) await cache?.put(order, bundle, built.result.metafile.inputs, startedMs);
  return bundle;
}

async function buildOnceOrTwice(subject: string, { entry, root, settings }: BundleOrder): Promise<Built> {
  const options = { ...commonOptions(entry, root), ...platformOptions(settings) };
  const first = await build(subject, options, /\.c[jt]s$/.test(entry) ? "commonjs" : "esm");
  // Only parsing tells a `.js` or `.ts` file's format, and the output's format has to be given: CommonJS goes twice.
  return first.format === "esm" && isCommonJs(first.result) ? build(subject, options, "commonjs") : first;
}

async function findEntry(subject: string, file: string): Promise<string> {
  const path = localPath(subject, file);
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
  /** What packages would ask for and nobody has installed. */
  readonly missing?: readonly string[];
}

async function build(subject: string, options: CommonOptions, format: ModuleFormat): Promise<Built> {
  const { absWorkingDir: root, entryPoints, define } = options;
  try {
    // Loaded here: it starts a process of its own, which functions given as source text never need.
    const esbuild = await import("esbuild");
    const result = await esbuild.build({
      ...options,
      format: format === "esm" ? "esm" : "cjs",
      define: { ...define, ...PLACES[format] },
      write: false,
      metafile: true,
    });
    return { format, result };
  } catch (error) {
    const { external = [] } = options;
    const missing = missingInPackages(error)?.filter((name) => !external.includes(name)) ?? [];
    if (missing.length === 0) throw bundleFailure(subject, entryPoints[0], root, error);
    return {
      ...(await build(subject, { ...options, external: [...external, ...missing] }, format)),
      missing,
    };
  }
}

type CommonOptions = Omit<BuildOptions, "absWorkingDir" | "entryPoints"> & {
  readonly absWorkingDir: string;
  readonly entryPoints: [string];
};

function commonOptions(entry: string, root: string): CommonOptions {
  return {
    entryPoints: [entry],
    absWorkingDir: root,
    // Nothing is written; sources in the map are relative to this folder.
    outdir: root,
    bundle: true,
    target: "node24",
    jsx: "automatic",
    loader: LOADERS,
    sourcemap: "external",
    // Traces need names and positions only; sources would double what every deployed function keeps in memory.
    sourcesContent: false,
    logLevel: "silent",
  };
}

function platformOptions({
  platform,
  conditions,
  external,
}: BundleSettings): Omit<BuildOptions, "absWorkingDir" | "entryPoints"> {
  if (platform === "node") {
    // Without any of its own, esbuild takes "module" as well; with some, only when it is among them.
    const chosen = conditions.length > 0 ? { conditions: ["module", ...conditions] } : {};
    return { platform, ...chosen, external: [GUEST_MODULE, ...external] };
  }
  return {
    platform: "browser",
    conditions: ["worker", "browser", "module", ...conditions],
    external: [...builtinModules, "node:*", GUEST_MODULE, ...external],
    define: NODE_ENV,
  };
}

/** esbuild calls a module CommonJS when it uses `exports`, `module` or TypeScript's `export =`. */
function isCommonJs({ metafile }: Built["result"]): boolean {
  const entry = Object.values(metafile.outputs).find((output) => output.entryPoint !== undefined)?.entryPoint;
  return entry !== undefined && metafile.inputs[entry]?.format === "cjs";
}

function toBundle({ format, result }: Built, sourceRoot: string): Bundle {
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
    sourceRoot,
  };
}
