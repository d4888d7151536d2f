import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Where the ladder's packages are: apart from the project's, which don't need them. */
export const LADDER: string = import.meta.dirname;

const MODULES = join(LADDER, "node_modules");
/** Says which lock file the packages were installed by. */
const STAMP = join(MODULES, ".ladder-lock");
/** A folder, since only one process can make it. */
const GUARD = join(LADDER, ".installing.lock");
const GUARD_MOST_MS = 300_000;
const TRIES = 3;

/** What npm says when the registry can't be reached, as on a train. */
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i;

/**
 * Installs the ladder's packages by its lock file unless they are there: without scripts, since none needs one. One
 * process does it, the others wait.
 *
 * Gives the reason when the registry can't be reached, and nothing when all is well. In CI that is an error, too.
 */
export async function installLadder(): Promise<string | undefined> {
  const wanted = createHash("sha256")
    .update(await readFile(join(LADDER, "package-lock.json")))
    .digest("hex");
  if (await isInstalled(wanted)) return undefined;
  await takeGuard();
  try {
    if (await isInstalled(wanted)) return undefined;
    await rm(STAMP, { force: true });
    const failure = await runNpmPatiently();
    if (failure === undefined) {
      await writeFile(STAMP, wanted);
      return undefined;
    }
    if (!process.env["CI"] && UNREACHABLE.test(failure)) return `npm can't reach the registry: ${failure}`;
    throw new Error(`npm ci failed in test/ladder: ${failure}`);
  } finally {
    await rmdir(GUARD);
  }
}

async function isInstalled(wanted: string): Promise<boolean> {
  return (await readFile(STAMP, "utf8").catch(() => undefined)) === wanted;
}

async function takeGuard(): Promise<void> {
  for (;;) {
    try {
      await mkdir(GUARD);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    // Left behind by a process that was ended.
    const made = await stat(GUARD).catch(() => undefined);
    if (made && Date.now() - made.mtimeMs > GUARD_MOST_MS) await rmdir(GUARD).catch(() => undefined);
    await delay(250);
  }
}

/** As {@link runNpm}, again when it fails: a registry has its moments. */
async function runNpmPatiently(): Promise<string | undefined> {
  let failure = await runNpm();
  for (let tried = 1; tried < TRIES && failure !== undefined; tried++) failure = await runNpm();
  return failure;
}

/** The end of what npm wrote if it failed. */
async function runNpm(): Promise<string | undefined> {
  console.log("Installing the ladder's packages into test/ladder …");
  const child = spawn("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", LADDER], {
    cwd: LADDER,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (written = (written + text).slice(-4_000)));
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  return status === 0 ? undefined : written;
}
