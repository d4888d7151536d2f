import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { DYNAMIC_IMPORT, IMPORT_META } from "../../src/guest/contract.ts";
import type { CodePackage } from "../../src/functions/package.ts";

/** A real folder with files, gone when disposed of. */
export interface Project extends AsyncDisposable {
  readonly root: string;
  path(relative: string): string;
}

/** Writes `files` into a new folder, by default with a `package.json` and the npm packages named in `packages`. */
export async function makeProject(
  files: Record<string, string>,
  packages: readonly string[] = [],
): Promise<Project> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "isolet-functions-")));
  for (const [name, text] of Object.entries({ "package.json": "{}", ...files })) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  for (const name of packages) {
    await mkdir(join(root, "node_modules"), { recursive: true });
    await symlink(join(process.cwd(), "node_modules", name), join(root, "node_modules", name));
  }
  return {
    root,
    path: (relative) => join(root, relative),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

type Handler = (event?: unknown) => unknown;

/** A packaged function as Node itself runs it, and where its file was: traces name that in place of `/var/task/index.mjs`. */
export interface Loaded {
  readonly handler: Handler;
  readonly file: string;
}

/** Has Node's own `import()`: the test runner's would give an ES module the `require` that it lacks elsewhere. */
const NATIVE_IMPORT = "module.exports = (url) => import(url);";

type HandlerModule = Pick<Loaded, "handler">;

/** Loads a package from a folder of its own, with nothing beside it. */
export async function load(code: CodePackage): Promise<Loaded> {
  const name = code.format === "esm" ? "index.mjs" : "index.cjs";
  // Node has of its own what these names stand for in an isolate.
  const source = code.source.replaceAll(IMPORT_META, "import.meta").replaceAll(DYNAMIC_IMPORT, "import");
  await using place = await makeProject({ [name]: source, "import.cjs": NATIVE_IMPORT });
  const file = place.path(name);
  const require = createRequire(file);
  if (code.format !== "esm") return { file, handler: (require(file) as HandlerModule).handler };
  const nativeImport = require(place.path("import.cjs")) as (url: string) => Promise<HandlerModule>;
  return { file, handler: (await nativeImport(pathToFileURL(file).href)).handler };
}
