import type { HandlerName } from "./handlers.ts";
import { loadHandlers } from "./handlers.ts";
import { median } from "../lib/stats.ts";

/** One handler with one payload. */
export interface Case {
  readonly name: string;
  readonly handler: HandlerName;
  /** Bytes of the event as JSON; what is not an echo sends a few numbers only. */
  readonly bytes: number;
  readonly callers: readonly number[];
  event(id: number): object;
}

/** How long the CPU handler is to compute and the waiting one to wait, in milliseconds. */
const CPU_MS = 1;
const WAIT_MS = 5;

const CALLERS = [1, 16, 64, 256];

/** More callers would hold the same megabyte hundreds of times, in several copies each. */
const LARGE_CALLERS = [1, 16];

export const ECHO_SMALL = "echo 100 B";
const ECHO_MIDDLE = "echo 10 KB";
const ECHO_LARGE = "echo 1 MB";
export const CPU = `${CPU_MS} ms of CPU`;
const WAIT = `${WAIT_MS} ms of waiting`;

/** All cases; `loops` is what takes this machine's Node the CPU handler's time. */
export function casesOf(loops: number): readonly Case[] {
  const few = { bytes: 40, callers: CALLERS };
  return [
    echoOf(ECHO_SMALL, 100, CALLERS),
    echoOf(ECHO_MIDDLE, 10_240, CALLERS),
    echoOf(ECHO_LARGE, 1_048_576, LARGE_CALLERS),
    { name: CPU, handler: "cpu", ...few, event: (id) => ({ id, loops }) },
    { name: WAIT, handler: "wait", ...few, event: (id) => ({ id, waitMs: WAIT_MS }) },
  ];
}

function echoOf(name: string, bytes: number, callers: readonly number[]): Case {
  // The braces of one of the two objects go, and a comma comes.
  const rest = recordsOf(bytes - JSON.stringify({ id: 100_000 }).length + 1);
  return { name, handler: "echo", bytes, callers, event: (id) => ({ id, ...rest }) };
}

/** Records as APIs send them, and a note that fills up the bytes of JSON. */
function recordsOf(bytes: number): object {
  const record = (index: number): object => ({
    id: index,
    name: `customer ${index}`,
    email: `customer-${index}@example.com`,
    active: index % 3 > 0,
    tags: ["new", "newsletter"],
    balance: index * 1.25,
  });
  const each = JSON.stringify(record(9_999)).length + 1;
  const records = Array.from({ length: Math.floor(bytes / each) }, (_, index) => record(index));
  const left = bytes - JSON.stringify({ records, note: "" }).length;
  return { records, note: "x".repeat(Math.max(0, left)) };
}

const CALIBRATION_LOOPS = 200_000;
const CALIBRATION_RUNS = 200;

/** How many loops of the CPU handler take its time here, by the fastest runs: those that nothing else slowed down. */
export async function calibrateLoops(): Promise<number> {
  const { cpu } = await loadHandlers();
  const tookMs: number[] = [];
  for (let run = 0; run < CALIBRATION_RUNS; run++) {
    const startMs = performance.now();
    await cpu({ id: run, loops: CALIBRATION_LOOPS });
    tookMs.push(performance.now() - startMs);
  }
  const fastest = tookMs.sort((a, b) => a - b).slice(0, CALIBRATION_RUNS / 10);
  return Math.round((CALIBRATION_LOOPS * CPU_MS) / median(fastest));
}
