/**
 * `npm run bench:peers`: isolet beside what people would use instead. Installs the peers' packages when they are missing,
 * builds isolet if it is stale, measures, prints tables, and writes `bench/results/peers.json` and the charts of README.
 * `-- --quick` does a little of everything and writes nothing.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { machineFacts } from "../lib/machine.ts";
import { formatTargets } from "../lib/table.ts";
import { chartsOf } from "./charts.ts";
import { installPeers, peerVersions } from "./install.ts";
import type { Effort } from "./measure.ts";
import { formatMatrix } from "./tables.ts";

const root = resolve(import.meta.dirname, "../..");
const results = join(root, "bench/results");

const FULL: Effort = {
  rounds: 5,
  windowMs: 120,
  warmUpMs: 300,
  mostCallers: 256,
  starts: 8,
  functions: [100, 1_000],
  memoryRounds: 3,
};

const QUICK: Effort = {
  rounds: 1,
  windowMs: 10,
  warmUpMs: 20,
  mostCallers: 16,
  starts: 2,
  functions: [20],
  memoryRounds: 1,
};

/** What no figure of this benchmark says anything about. */
const NOT_MEASURED: readonly string[] = [
  "what isolation is worth: Piscina, plain calls and fork isolate functions from each other not at all or partly",
  "callers on other machines, and a network between",
  "functions with much code, memory or state of their own",
  "the HTTP clients' share: Node's own client is part of what servers take, as it is for a Node program that uses them",
  "several functions called at once",
  "other machines: ratios move with the number of CPUs, figures with everything",
];

const quick = process.argv.includes("--quick");
installPeers();
spawnSync(process.execPath, ["scripts/build.ts", "--if-stale"], { cwd: root, stdio: "inherit" });

const machine = machineFacts();
const startedAt = new Date().toISOString();
const startMs = performance.now();
// Loaded now: it imports the package, which may have had to be built.
const { measureMatrix } = await import("./matrix.ts");
const { targetsOf } = await import("./targets.ts");
const matrix = await measureMatrix(quick ? QUICK : FULL, announce);
const tookMs = Math.round(performance.now() - startMs);
const targets = targetsOf(matrix);
const facts = { ...machine, packages: { ...machine.packages, ...peerVersions() } };
const report = {
  name: "peers",
  startedAt,
  tookMs,
  effort: quick ? QUICK : FULL,
  machine: facts,
  loadAtEnd: Number((loadavg()[0] ?? 0).toFixed(2)),
  targets,
  notMeasured: NOT_MEASURED,
  ...matrix,
};

console.log(`\n${formatMatrix(matrix, facts)}`);
console.log(`\n${formatTargets(targets)}`);
console.log(`\nNot measured: ${NOT_MEASURED.join("; ")}.`);
console.log(`Took ${(tookMs / 1_000).toFixed(0)} s; load ${machine.load} before, ${report.loadAtEnd} after.`);
if (!quick) writeResults();
// Threads of peers may still be ending.
process.exit();

function announce(part: string): void {
  console.log(`${((performance.now() - startMs) / 1_000).toFixed(0).padStart(4)} s  ${part}`);
}

function writeResults(): void {
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, "peers.json"), `${JSON.stringify(report, null, 1)}\n`);
  for (const { file, svg } of chartsOf(matrix)) writeFileSync(join(results, file), svg);
  console.log("Written: bench/results/peers.json and peers-*.svg");
}
