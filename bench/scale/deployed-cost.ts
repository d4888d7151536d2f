import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { atMost, scaled } from "../lib/report.ts";
import type { BenchRow, Scale, Target } from "../lib/report.ts";
import { interleave, ratioOf, rowsOf } from "../lib/rounds.ts";

/** What a child is told to do, and what it found. */
export interface Window {
  readonly callers: number;
  readonly durationMs: number;
}

export interface WindowFigure {
  readonly cpuUsPerCall: number;
  /** Time of one call. */
  readonly usPerCall: number;
}

const FEW = 10;
const MANY = 10_000;
const MANY_CALLED = 1_000;
const CALLERS = [1, 64];
const WINDOW_MS = 300;

const FILE = new URL("./deployed-child.ts", import.meta.url);

/** The same calls to engines with few and with many functions, each in a process of its own, in turn. */
export async function deployedCost(scale: Scale): Promise<{ rows: BenchRow[]; targets: Target[] }> {
  const many = Math.max(FEW, scaled(MANY, scale));
  const few = label(FEW, FEW);
  const sameCalled = label(many, FEW);
  const children = new Map<string, ChildProcess>([
    [few, start(FEW, FEW)],
    [sameCalled, start(many, FEW)],
    [
      `${label(many, Math.max(FEW, scaled(MANY_CALLED, scale)))} (all isolates in turn)`,
      start(many, scaled(MANY_CALLED, scale)),
    ],
  ]);
  try {
    await Promise.all([...children.values()].map((child) => once(child, "message")));
    const rows: BenchRow[] = [];
    const targets: Target[] = [];
    for (const callers of CALLERS) {
      const cpu = await interleave(contenders(children, callers, scale, "cpuUsPerCall"), scale.rounds);
      rows.push(...rowsOf(cpu, "µs of CPU", [few], `, ${callers} callers`));
      const text = `CPU of a call, ${many} functions against ${FEW}, ${callers} callers`;
      targets.push(atMost(text, 1.3, ratioOf(cpu, sameCalled, few), "×"));
    }
    const took = await interleave(contenders(children, 1, scale, "usPerCall"), scale.rounds);
    rows.push(...rowsOf(took, "µs", [few], ", 1 caller: time"));
    targets.push(
      atMost(`time of a call, ${many} functions against ${FEW}`, 1.3, ratioOf(took, sameCalled, few), "×"),
    );
    return { rows, targets };
  } finally {
    for (const child of children.values()) child.kill("SIGKILL");
  }
}

function label(deployed: number, called: number): string {
  return `${deployed} deployed, ${called} called`;
}

function start(deployed: number, called: number): ChildProcess {
  return fork(FILE, [String(deployed), String(called)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

function contenders(
  children: ReadonlyMap<string, ChildProcess>,
  callers: number,
  scale: Scale,
  what: keyof WindowFigure,
): { name: string; round: () => Promise<{ value: number }> }[] {
  const window: Window = { callers, durationMs: WINDOW_MS * scale.work };
  return [...children].map(([name, child]) => ({
    name,
    round: async () => {
      const answered = once(child, "message") as Promise<[WindowFigure]>;
      child.send(window);
      const [figure] = await answered;
      return { value: figure[what] };
    },
  }));
}
