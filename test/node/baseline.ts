import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failed, type Outcome, PASSED, SKIPPED } from "./outcome.ts";

/** Outcomes in plain Node are kept between runs: they change with the tests and with Node. */
const KEPT = join(tmpdir(), `isolet-node-tests-${process.version}`);

/** Runs a test in plain Node, the one this runs in, in a process and a folder of its own. */
export async function runInNode(tree: string, file: string, timeoutMs: number): Promise<Outcome> {
  mkdirSync(KEPT, { recursive: true });
  const path = join(tree, "test/parallel", file);
  const kept = join(
    KEPT,
    `${createHash("sha256").update(file).update(readFileSync(path)).digest("hex")}.json`,
  );
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8")) as Outcome;
  const outcome = await run(path, join(tree, "test"), timeoutMs);
  writeFileSync(kept, JSON.stringify(outcome));
  return outcome;
}

async function run(path: string, cwd: string, timeout: number): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "isolet-node-test-"));
  const env = { ...process.env, NODE_TEST_DIR: folder, NODE_OPTIONS: "" };
  try {
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        [path],
        { cwd, env, timeout, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 },
        (error, stdout, stderr) => {
          const skipped = SKIPPED.exec(stdout);
          if (error) resolve(failed(`${error.message} ${stderr}`.slice(0, 2_000)));
          else resolve(skipped ? failed(`Skipped: ${skipped[1]}`) : PASSED);
        },
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
