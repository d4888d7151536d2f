import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

/** Where a function's `process` answers otherwise than Node's, and why. */
const INTENDED: Readonly<Record<string, string>> = {
  "ticks in a microtask": "nobody tells the runtime that microtasks are over: a tick set in one runs as one",
  "tick of no function": "the core's messages don't show the value",
  "stdout refuses": "the core's messages name what it takes",
  versions: "of the parts of a Node that runs no function, only those that packages look at",
  release: "there is nothing to download",
  argv: "that of Lambda's runtime",
  emitter: "process has all methods of an EventEmitter, and isn't one of the module's",
  setUncaughtExceptionCaptureCallback: "the core's messages don't show the value",
};

/** What differs between versions of Node, of which the tests run on any. */
const BY_VERSION: ReadonlySet<string> = new Set([
  "features",
  "builtinModules",
  "own keys",
  "types of members",
]);

const FACTS = fileURLToPath(new URL("fixtures/process-facts.cjs", import.meta.url));

type Facts = Readonly<Record<string, unknown>>;

async function inNode(): Promise<Facts> {
  const script = `require(${JSON.stringify(FACTS)}).handler().then((facts) => process.stdout.write("\\n" + JSON.stringify(facts)))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", "-e", script]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Facts;
}

it("answers as plain Node's does, but for what is meant to differ", async () => {
  const bench = makeBench();
  await bench.deploy(await readFile(FACTS, "utf8"), { timeoutMs: 30_000, memoryMb: 256 });
  const [node, { payload }] = await Promise.all([inNode(), bench.succeed({})]);
  const guest = payload as Facts;
  expect(Object.keys(guest)).toEqual(Object.keys(node));
  const differing = Object.keys(node).filter(
    (name) => !BY_VERSION.has(name) && JSON.stringify(node[name]) !== JSON.stringify(guest[name]),
  );
  const unexpected = differing.filter((name) => INTENDED[name] === undefined);
  expect(unexpected.map((name) => [name, guest[name]])).toEqual(unexpected.map((name) => [name, node[name]]));
  // What doesn't differ any more is no difference.
  expect(differing.toSorted()).toEqual(Object.keys(INTENDED).toSorted());
});
