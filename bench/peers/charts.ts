import { ECHO_SMALL, CPU } from "./cases.ts";
import { COLD } from "./cold.ts";
import type { Cell } from "./measure.ts";
import type { Matrix } from "./matrix.ts";
import { memoryCellName } from "./memory.ts";
import { BARE_CELL_PEER } from "./subjects/bare-cell.ts";
import { PLAIN } from "./subjects/plain.ts";
import { barChart } from "./svg.ts";
import type { Bar, BarChart } from "./svg.ts";

export interface ChartFile {
  readonly file: string;
  readonly svg: string;
}

/** The charts of README and docs, of what was measured. */
export function chartsOf(matrix: Matrix): readonly ChartFile[] {
  const at = (cells: readonly Cell[], name: string): Cell | undefined =>
    cells.find((cell) => cell.name === name);
  const charts: readonly (readonly [string, Omit<BarChart, "bars">, Cell | undefined])[] = [
    [
      "latency",
      {
        title: "One caller, warm: time of one call",
        note: "100 B echo, p50, µs; shorter is better",
        log: true,
      },
      at(matrix.latency, ECHO_SMALL),
    ],
    [
      "throughput",
      {
        title: "64 callers: calls a second",
        note: "100 B echo; longer is better; a plain call of a function is off the scale",
        log: false,
      },
      at(matrix.throughput, `${ECHO_SMALL}, 64 callers`),
    ],
    [
      "cpu-bound",
      { title: "64 callers, 1 ms of CPU each: calls a second", note: "longer is better", log: false },
      at(matrix.throughput, `${CPU}, 64 callers`),
    ],
    [
      "cpu",
      {
        title: "CPU seconds per million calls",
        note: "100 B echo, 16 callers, with all processes; shorter is better",
        log: true,
      },
      at(matrix.cpu, `${ECHO_SMALL}, 16 callers`),
    ],
    [
      "cold-start",
      {
        title: "Cold start: from the call to the answer",
        note: "echo, p50, ms; shorter is better",
        log: true,
      },
      at(matrix.cold, COLD),
    ],
    [
      "memory",
      {
        title: "Memory per warm function",
        note: "RSS of the whole process tree, MB, 1 000 functions; shorter is better",
        log: false,
      },
      at(matrix.memory, memoryCellName("RSS", 1_000)),
    ],
  ];
  return charts.flatMap(([name, chart, cell]) =>
    cell && cell.measured.length > 0
      ? [{ file: `peers-${name}.svg`, svg: barChart({ ...chart, bars: barsOf(cell, chart.log) }) }]
      : [],
  );
}

/** The best first. A plain call of a function would make all other bars of a linear scale invisible. */
function barsOf({ measured, unit }: Cell, log: boolean): Bar[] {
  const better = unit === "calls/s" ? -1 : 1;
  return measured
    .filter(({ peer, value }) => log || peer !== PLAIN || value < 2 * othersBest(measured))
    .map(({ peer, value }): Bar => ({ label: labelOf(peer), value, kind: kindOf(peer) }))
    .sort((a, b) => better * (a.value - b.value));
}

function othersBest(measured: Cell["measured"]): number {
  return Math.max(...measured.filter(({ peer }) => peer !== PLAIN).map(({ value }) => value));
}

function kindOf(peer: string): Bar["kind"] {
  if (peer.startsWith("isolet ")) return "ours";
  return peer === PLAIN || peer === BARE_CELL_PEER ? "limit" : "peer";
}

function labelOf(peer: string): string {
  if (peer === PLAIN) return `${PLAIN} (no isolation)`;
  if (peer === BARE_CELL_PEER) return "bare thread and isolate";
  return peer;
}
