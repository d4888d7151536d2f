/** The web platform tests of a folder, as programs that run in a guest and in plain Node alike. */
import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, normalize, resolve } from "node:path";
import { preludeText } from "./prelude.ts";

/** Where the tests lie: a checkout of web-platform-tests, or the parts of it that Node keeps. */
const WPT: string = resolve(process.env["ISOLET_WPT"] ?? "../shared/corpora/wpt");

/** Why the tests can't run here, if they can't. */
export const missing: string | undefined = existsSync(join(WPT, "resources/testharness.js"))
  ? undefined
  : `There are no web platform tests in ${WPT}: set ISOLET_WPT to a folder that has them (resources/testharness.js, url/, streams/, ...).`;

/** One test file, or one variant of it. */
export interface Wpt {
  /** Path and variant, such as `url/url-constructor.any.js?include=file`. */
  readonly name: string;
  /** A sloppy script that runs the file; it calls `__wptResult(json)` for each subtest and `__wptDone(json)` at the end. */
  readonly program: string;
}

/** A file name that a test may fetch, in quotes. */
const QUOTED = /["'`]([\w./-]+)["'`]/g;

/** All tests of a folder and its subfolders whose name has `filter` in it, in order of their names. */
export async function testsOf(folder: string, filter = ""): Promise<Wpt[]> {
  const root = join(WPT, folder);
  if (!existsSync(root)) return [];
  const files = await readdir(root, { recursive: true });
  return files
    .filter((file) => file.endsWith(".any.js"))
    .sort()
    .flatMap((file) => variantsOf(join(folder, file)))
    .filter(({ name }) => name.includes(filter));
}

function variantsOf(path: string): Wpt[] {
  const source = read(path);
  const metas = [...source.matchAll(/^\/\/ META: *(\w+)=(.*)$/gm)].map(([, key, value]) => [
    key,
    value?.trim(),
  ]);
  const valuesOf = (key: string): string[] =>
    metas.filter(([name]) => name === key).map(([, value]) => value ?? "");
  const scripts = valuesOf("script").map((script) => pathOf(path, script));
  // What a document or a worker is needed for can't be run.
  if (valuesOf("global").includes("shadowrealm")) return [];
  if (!scripts.every(exists)) return [];
  const variants = valuesOf("variant");
  return (variants.length > 0 ? variants : [""]).map((variant) => ({
    name: path + variant,
    program: programOf(path, variant, [...scripts.map(read), source]),
  }));
}

function programOf(path: string, variant: string, sources: readonly string[]): string {
  const resources: Record<string, string> = {};
  for (const source of sources) {
    for (const [, name] of source.matchAll(QUOTED)) addResource(resources, path, name ?? "");
  }
  const url = new URL(`/${path.replace(/\.js$/, ".html")}${variant}`, "http://wpt.example");
  const prelude = preludeText({
    href: url.href,
    resources,
    mocksFetch: !path.startsWith("fetch/"),
    readsGlobals: path.includes("idlharness"),
  });
  return [prelude, read("resources/testharness.js"), REPORT, ...sources].join("\n;\n");
}

const REPORT = `
add_result_callback((test) => __wptResult(JSON.stringify([test.name, test.status, String(test.message ?? "").slice(0, 400)])));
add_completion_callback((tests, status) => __wptDone(JSON.stringify([tests.length, status.status, String(status.message ?? "").slice(0, 400)])));
`;

/** Adds the file a test may mean by `name`: one beside it, one below the root, or an interface's definition. */
function addResource(resources: Record<string, string>, path: string, name: string): void {
  const idl = `/interfaces/${name}.idl`;
  for (const url of [name, ...(/^[\w-]+$/.test(name) ? [idl] : [])]) {
    if (!/\.(json|txt|idl|webm|mp4|png)$/.test(url)) continue;
    const file = pathOf(path, url);
    if (exists(file)) resources[url] = readFileSync(join(WPT, file)).toString("latin1");
  }
}

function pathOf(from: string, url: string): string {
  if (basename(url) === "WebIDLParser.js") return "resources/webidl2/lib/webidl2.js";
  return normalize(url.startsWith("/") ? url.slice(1) : join(dirname(from), url));
}

function exists(path: string): boolean {
  return existsSync(join(WPT, path));
}

function read(path: string): string {
  return readFileSync(join(WPT, path), "utf8");
}
