import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";

/** What figures depend on beside the code. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  readonly packages: Readonly<Record<string, string>>;
  /** Load average of the last minute when the run began; above `cpus`, others were at work. */
  readonly load: number;
}

const PACKAGES = ["isolated-vm", "p-queue", "piscina"];

export function machineFacts(): MachineFacts {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cpus: availableParallelism(),
    memoryMb: Math.round(totalmem() / 1_048_576),
    system: `${process.platform} ${process.arch} ${release()}`,
    node: process.version,
    v8: process.versions.v8,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** Not every package exports its package.json, so it is looked for where Node would look. */
function versionOf(name: string): string {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    try {
      const { version } = JSON.parse(readFileSync(`${folder}/${name}/package.json`, "utf8")) as {
        version: string;
      };
      return version;
    } catch {
      // Not in this one.
    }
  }
  return "unknown";
}
