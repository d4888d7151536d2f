/** Node's own tests: which files there are, which of them can be run in a function, and the folder that they run in. */
import { existsSync } from "node:fs";
import { cp, lstat, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Where Node's `test` folder lies. */
const FOLDER: string = resolve(process.env["ISOLET_NODE_TESTS"] ?? "../shared/corpora/node-test");

/** Why the tests can't run here, if they can't. */
export const missing: string | undefined = existsSync(join(FOLDER, "parallel/test-assert.js"))
  ? undefined
  : `Node's tests are not in ${FOLDER}: set ISOLET_NODE_TESTS to the folder test/ of Node's source (common/, fixtures/, parallel/).`;

/**
 * What a file is left out for: it needs what no function has, or looks at what is Node's own affair. A file that mentions
 * it anywhere is out, whatever else it tests.
 */
const LEFT_OUT: readonly (readonly [why: string, mention: RegExp])[] = [
  ["flags of the command", /^\/\/ Flags:/m],
  ["an environment of its own", /^\/\/ Env:/m],
  ["Node's internals", /internalBinding|['"`]internal\/|process\.binding\(|_debug\b/],
  ["processes", /child_process|spawnPromisified|spawnSync|process\.(execPath|kill|send|dlopen)\b/],
  ["threads", /worker_threads|new Worker\(|['"](node:)?cluster['"]/],
  [
    "sockets",
    /createServer|new (http|https|net)\.Server|\.listen\(|['"](node:)?(net|dgram|tls|http2|quic)['"]|common\.PORT|common\.PIPE/,
  ],
  [
    "other contexts",
    /createContext|runInContext|runInNewContext|SourceTextModule|SyntheticModule|\bmoveMessagePortToContext/,
  ],
  [
    "the inspector, a database, a terminal",
    /['"](node:)?(inspector|inspector\/promises|repl|sqlite|tty|wasi|sea|trace_events)['"]|common\/(repl|debugger|inspector)/,
  ],
  ["domains, which Node deprecates", /['"](node:)?domain['"]|process\.domain/],
  ["hooks of every asynchronous resource", /createHook|executionAsyncResource|promiseHooks/],
  ["changes of files by others", /\bfs(Promises|\.promises)?\.(un)?watch(File)?\(|watch\(/],
  ["mocks of node:test", /\bmock\b/],
  ["the collector", /\bglobalThis\.gc\b|\bgc\(|common\/gc/],
];

/** Why a file is left out, if it is. */
function leftOut(source: string): string | undefined {
  return LEFT_OUT.find(([, mention]) => mention.test(source))?.[0];
}

/** The files of tests whose names begin so and that can be run. */
export async function filesOf(prefixes: readonly string[], filter = ""): Promise<string[]> {
  const names = (await readdir(join(FOLDER, "parallel"))).filter(
    (name) =>
      /\.m?js$/.test(name) && name.includes(filter) && prefixes.some((prefix) => begins(name, prefix)),
  );
  const found: string[] = [];
  for (const name of names.sort()) {
    if (leftOut(await readFile(join(FOLDER, "parallel", name), "utf8")) === undefined) found.push(name);
  }
  return found;
}

function begins(name: string, prefix: string): boolean {
  return name.startsWith(`test-${prefix}`) && /^[-.]/.test(name.slice(`test-${prefix}`.length));
}

/** A copy of the tests with a runner of ours instead of `node:test`, which runs outside of functions. */
export async function preparedTree(): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), "isolet-node-tests-"));
  for (const folder of ["common", "fixtures"])
    await cp(join(FOLDER, folder), join(tree, "test", folder), { recursive: true, filter: isPlain });
  for (const name of await readdir(join(FOLDER, "parallel"))) {
    if (!/\.m?js$/.test(name)) continue;
    const source = await readFile(join(FOLDER, "parallel", name), "utf8");
    if (leftOut(source) !== undefined) continue;
    await cp(join(FOLDER, "parallel", name), join(tree, "test/parallel", name));
    await writeFile(join(tree, "test/parallel", name), withRunner(source));
  }
  await cp(join(import.meta.dirname, "runner.cjs"), join(tree, "test/common/isolet-runner.cjs"));
  await cp(join(import.meta.dirname, "handler.cjs"), join(tree, "index.cjs"));
  return tree;
}

function withRunner(source: string): string {
  return source.replaceAll(/(require\(|from )(['"])node:test\2/g, "$1$2../common/isolet-runner.cjs$2");
}

/** Web platform tests have a harness of their own; links may lead out of the folder. */
async function isPlain(path: string): Promise<boolean> {
  const entry = await lstat(path);
  return !entry.isSymbolicLink() && !path.endsWith("fixtures/wpt");
}
