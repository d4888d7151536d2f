/**
 * Builds the package into dist/: the library and its types (tsup), then the cell and the guest runtime.
 *
 *   node scripts/build.ts            build
 *   node scripts/build.ts --if-stale build quietly, and only if something it is made from is newer than dist/
 *
 * The build goes into a folder of its own and is moved into place when it is complete, so that whatever runs
 * from dist/ meanwhile never finds it half written.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { buildCell } from "./build-cell.ts";

const root = resolve(import.meta.dirname, "..");
const dist = join(root, "dist");
const mainFile = join(dist, "index.js");
const inputs = [
  "src",
  "package.json",
  "tsconfig.json",
  "tsup.config.ts",
  "scripts/build.ts",
  "scripts/build-cell.ts",
];

async function build({ quiet = false }: { quiet?: boolean } = {}): Promise<void> {
  const started = new Date();
  const staging = join(root, `dist-${process.pid}.tmp`);
  try {
    runTsup(staging, quiet);
    await buildCell(staging);
    await moveIntoPlace(staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  if (!quiet) console.log(`Built dist/ in ${Date.now() - started.getTime()} ms`);
  // What was edited during the build counts as newer than it.
  await utimes(mainFile, started, started);
}

async function buildIfStale(): Promise<void> {
  if (await isStale()) await build({ quiet: true });
}

/** Quietly; for whoever can make do with an old build. */
export async function buildIfMissing(): Promise<void> {
  if (!existsSync(mainFile)) await build({ quiet: true });
}

export async function isStale(): Promise<boolean> {
  if (!existsSync(mainFile)) return true;
  const builtAtMs = (await stat(mainFile)).mtimeMs;
  for (const input of inputs) {
    if ((await newestMtimeMs(join(root, input))) > builtAtMs) return true;
  }
  return false;
}

async function newestMtimeMs(path: string): Promise<number> {
  const entry = await stat(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  const children = await Promise.all((await readdir(path)).map((name) => newestMtimeMs(join(path, name))));
  return Math.max(entry.mtimeMs, ...children);
}

function runTsup(outDir: string, quiet: boolean): void {
  const tsup = join(root, "node_modules/tsup/dist/cli-default.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsup, "--out-dir", outDir], {
    cwd: root,
    encoding: "utf8",
    stdio: quiet ? "pipe" : "inherit",
  });
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout}${stderr}`);
  throw new Error("The build failed: tsup reported the errors above.");
}

async function moveIntoPlace(staging: string): Promise<void> {
  const files = await filesUnder(staging);
  for (const file of files) {
    await mkdir(dirname(join(dist, file)), { recursive: true });
    await rename(join(staging, file), join(dist, file));
  }
  const current = new Set(files);
  for (const file of await filesUnder(dist)) {
    if (!current.has(file)) await rm(join(dist, file), { force: true });
  }
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

if (import.meta.main) {
  try {
    await (process.argv.includes("--if-stale") ? buildIfStale() : build());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
