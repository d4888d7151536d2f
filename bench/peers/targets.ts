import { atLeast, atMost } from "../lib/report.ts";
import type { Target } from "../lib/report.ts";
import { median } from "../lib/stats.ts";
import { CPU, ECHO_SMALL } from "./cases.ts";
import { COLD, PREPARED, UNPREPARED, WARM } from "./cold.ts";
import type { Cell, Measured } from "./measure.ts";
import { memoryCellName } from "./memory.ts";
import type { Matrix } from "./matrix.ts";
import { BARE_CELL_PEER } from "./subjects/bare-cell.ts";
import { ISOLET_IN_PROCESS, ISOLET_PROCESS } from "./subjects/isolet.ts";
import { PISCINA } from "./subjects/piscina.ts";
import { WORKERD, WORKERD_LOADER } from "./subjects/workerd.ts";

const BUSY = "64 callers";
const PLACEMENTS = [ISOLET_IN_PROCESS, ISOLET_PROCESS];

/** What isolet has to reach beside the others; what could not be measured is no target of this run. */
export function targetsOf(matrix: Matrix): readonly Target[] {
  return [
    ...latencyTargets(matrix),
    ...rateTargets(matrix),
    ...coldTargets(matrix),
    ...memoryTargets(matrix),
  ];
}

function latencyTargets({ latency }: Matrix): Target[] {
  const cell = find(latency, ECHO_SMALL);
  const ratio = (text: string, limit: number, name: string, to: string): Target[] =>
    ratioOf(cell, name, to).map((factor) => atMost(text, limit, factor, "×"));
  return [
    ...ratio("one caller, warm: in-process p50 against Piscina", 1.1, ISOLET_IN_PROCESS, PISCINA),
    ...ratio("one caller, warm: process p50 against Piscina", 1.3, ISOLET_PROCESS, PISCINA),
    ...PLACEMENTS.flatMap((name) =>
      ratio(`one caller, warm: ${name} p50 against workerd over HTTP`, 0.12, name, WORKERD),
    ),
  ];
}

function rateTargets({ throughput }: Matrix): Target[] {
  const echo = find(throughput, `${ECHO_SMALL}, ${BUSY}`);
  const cpu = find(throughput, `${CPU}, ${BUSY}`);
  const ratio = (cell: Cell | undefined, text: string, limit: number, name: string, to: string): Target[] =>
    ratioOf(cell, name, to).map((factor) => atLeast(`${BUSY}, ${text} against ${to}`, limit, factor, "×"));
  return PLACEMENTS.flatMap((name) => [
    ...ratio(echo, `echo: ${name}`, 4, name, PISCINA),
    ...ratio(echo, `echo: ${name}`, 10, name, WORKERD),
    ...ratio(echo, `echo: ${name}`, 0.75, name, BARE_CELL_PEER),
    ...ratio(cpu, `${CPU}: ${name}`, 0.95, name, PISCINA),
  ]);
}

function coldTargets({ cold }: Matrix): Target[] {
  const starts = find(cold, COLD);
  const warm = find(cold, WARM);
  return PLACEMENTS.flatMap((placement) => {
    const prepared = placement + PREPARED;
    const unprepared = placement + UNPREPARED;
    return [
      ...ratioOf(starts, prepared, WORKERD_LOADER).map((factor) =>
        atMost(`cold start: ${prepared}, against ${WORKERD_LOADER}`, 0.2, factor, "×"),
      ),
      ...roundsOf(starts, prepared, warm, prepared, (cold, warm) => cold - warm).map((more) =>
        atMost(`cold start: ${prepared}, more than a warm call`, 1, more, "ms"),
      ),
      ...ratioOf(starts, unprepared, WORKERD_LOADER).map((factor) =>
        atMost(`cold start: ${unprepared}, against ${WORKERD_LOADER}`, 0.6, factor, "×"),
      ),
    ];
  });
}

function memoryTargets({ memory }: Matrix): Target[] {
  const name = memoryCellName("RSS", 1_000);
  const cell = find(memory, name);
  return PLACEMENTS.flatMap((placement) =>
    ratioOf(cell, placement, WORKERD_LOADER).map((factor) =>
      atMost(`RSS per warm function of 1 000: ${placement}, against ${WORKERD_LOADER}`, 0.6, factor, "×"),
    ),
  );
}

function find(cells: readonly Cell[], name: string): Cell | undefined {
  return cells.find((cell) => cell.name === name);
}

/** How many times `to`'s value `name`'s is: the median of the rounds' own ratios; empty when one of them is missing. */
export function ratioOf(cell: Cell | undefined, name: string, to: string): number[] {
  return roundsOf(cell, name, cell, to, (value, other) => value / other);
}

function roundsOf(
  cell: Cell | undefined,
  name: string,
  otherCell: Cell | undefined,
  otherName: string,
  combine: (value: number, other: number) => number,
): number[] {
  const found = entryOf(cell, name);
  const other = entryOf(otherCell, otherName);
  if (!found || !other) return [];
  return [median(found.rounds.map((value, round) => combine(value, other.rounds[round] ?? NaN)))];
}

function entryOf(cell: Cell | undefined, name: string): Measured | undefined {
  return cell?.measured.find(({ peer }) => peer === name);
}
