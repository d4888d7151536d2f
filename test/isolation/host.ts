/**
 * A program that uses isolet and is attacked through it: `node host.ts <placement>`. Takes attacks as messages, one at
 * a time, answers each with a report, and leaves when it is told to.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Engine, IsoletError } from "../../src/index.ts";
import type { FunctionCode, MeterRecord } from "../../src/index.ts";
import type { Attack, Step } from "./attack.ts";
import { HostileServer } from "./hostile-server.ts";
import { Innocent } from "./innocent.ts";
import { LoopWatch } from "./loop-watch.ts";
import type { AttackReport, Placement, StepReport } from "./report.ts";

const INIT_TIMEOUT_MS = 300;
const BYTES_PER_MB = 1_048_576;
/** What the settling of memory may take, and what it is waited for to come below. */
const SETTLE_MS = 2_000;
const SETTLED_MB = 60;

const [, , placement = "in-process"] = process.argv;
const engine = new Engine({
  isolation: placement as Placement,
  cells: { count: 2 },
  initTimeoutMs: INIT_TIMEOUT_MS,
  // So that what spreads does so to an end.
  maxInvokeDepth: 4,
  bindings: {
    probe: {
      echo: (value: unknown) => value,
      merged: (value: object) => Object.keys(Object.assign({}, value)),
      never: () => new Promise(() => undefined),
      throws: () => Promise.reject(new Error("of the host's")),
      async *endless() {
        for (;;) yield await Promise.resolve("x".repeat(1_000));
      },
    },
  },
});
const server = await HostileServer.listen();
const innocent = new Innocent(engine);
const watch = new LoopWatch();
const meters: MeterRecord[] = [];
let attacks = 0;

engine.on("meter", (record) => {
  if (record.functionName !== "innocent") meters.push(record);
});
// An attack's log lines are made and thrown away, as most hosts do with what they don't read.
engine.on("log", () => undefined);
engine.on("error", () => undefined);

async function run(attack: Attack): Promise<AttackReport> {
  const name = `attacker-${++attacks}`;
  collectGarbage();
  const beforeMb = rssMb();
  const lostBefore = engine.stats().cells.lost;
  meters.length = 0;
  innocent.start();
  watch.start();
  const steps = await attackWith(name, attack);
  const told = await innocent.stop();
  const block = watch.stop();
  try {
    engine.remove(name);
  } catch {
    // It was refused.
  }
  return {
    steps,
    innocent: told,
    longestBlockMs: block.ms,
    blockCpuMs: block.cpuMs,
    grownMb: await settled(beforeMb),
    meters: [...meters],
    cellsLost: engine.stats().cells.lost - lostBefore,
    polluted: Object.keys(Object.prototype),
  };
}

async function attackWith(name: string, attack: Attack): Promise<StepReport[]> {
  const startedMs = performance.now();
  const code = await codeOf(attack);
  const settings = { timeoutMs: 300, memoryMb: 32, ...attack.settings, code };
  try {
    await engine.deploy(name, settings);
  } catch (error) {
    return [failed("refused", error, startedMs)];
  } finally {
    if ("directory" in code) await rm(code.directory, { recursive: true });
  }
  const steps: StepReport[] = [];
  for (const step of attack.steps) steps.push(await invoke(name, step));
  return steps;
}

async function codeOf({ source, files }: Attack): Promise<FunctionCode> {
  if (!files) return { source };
  const directory = await mkdtemp(join(tmpdir(), "isolet-attack-"));
  for (const [name, text] of Object.entries({ ...files, "index.js": source })) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return { directory };
}

async function invoke(name: string, { payload }: Step): Promise<StepReport> {
  const startedMs = performance.now();
  try {
    const result = await engine.invoke(name, payload === "$port" ? server.port : (payload ?? null));
    const tookMs = performance.now() - startedMs;
    const { requestId } = result;
    if (result.status === "succeeded")
      return { requestId, tookMs, outcome: "succeeded", message: "", payload: result.payload, kill: null };
    const { errorType, errorMessage } = result.error;
    const kill = result.kill ?? null;
    return {
      requestId,
      tookMs,
      kill,
      outcome: errorType,
      message: errorMessage.slice(0, 300),
      payload: null,
    };
  } catch (error) {
    return failed("rejected", error, startedMs);
  }
}

function failed(how: string, error: unknown, startedMs: number): StepReport {
  const code = error instanceof IsoletError ? error.code : "unknown";
  const message = String(error).slice(0, 300);
  const tookMs = performance.now() - startedMs;
  return { outcome: `${how}:${code}`, message, requestId: "", payload: null, tookMs, kill: null };
}

function collectGarbage(): void {
  // `gc` is there: the parent passes --expose-gc.
  globalThis.gc?.();
}

function rssMb(): number {
  return process.memoryUsage.rss() / BYTES_PER_MB;
}

/** How much the process has grown, given time to give back what the attack took. */
async function settled(beforeMb: number): Promise<number> {
  const giveUpMs = performance.now() + SETTLE_MS;
  for (;;) {
    collectGarbage();
    const grownMb = rssMb() - beforeMb;
    if (grownMb < SETTLED_MB || performance.now() > giveUpMs) return grownMb;
    await sleep(20);
  }
}

process.on("message", (attack: Attack | "leave") => {
  if (attack !== "leave") void run(attack).then((report) => process.send?.(report));
  else void engine.close().then(() => server.close(() => process.disconnect()));
});
// Warm, so that the first attack is measured like the others.
await innocent.deploy();
innocent.start();
await sleep(100);
await innocent.stop();
process.send?.("ready");
