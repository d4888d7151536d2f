import type { MachineFacts } from "../lib/machine.ts";
import type { Cell, LeftOut } from "./measure.ts";
import type { Matrix } from "./matrix.ts";
import { ISOLET_IN_PROCESS } from "./subjects/isolet.ts";
import { ratioOf } from "./targets.ts";

/** All tables as people read them: figures, and in parentheses how many times isolet's (in-process) they are. */
export function formatMatrix(matrix: Matrix, machine: MachineFacts): string {
  const { cpu, cpus, node, packages, load } = machine;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  const callers = (count: number): readonly Cell[] =>
    matrix.throughput.filter(({ name }) => name.endsWith(` ${count} ${count === 1 ? "caller" : "callers"}`));
  const sections: readonly (readonly [string, readonly Cell[]])[] = [
    ["Latency of one caller, µs: p50 and p99", matrix.latency],
    ["Calls a second, 1 caller", callers(1)],
    ["Calls a second, 16 callers", callers(16)],
    ["Calls a second, 64 callers", callers(64)],
    ["Calls a second, 256 callers", callers(256)],
    ["CPU seconds per million calls, 16 callers, with all processes", cpuCells(matrix, 16)],
    ["Cold start, ms: p50 and p99", matrix.cold],
    ["Memory per warm function, MB, with all processes", matrix.memory],
  ];
  return [
    `${cpus} CPUs (${cpu}), Node ${node}, ${versions.join(", ")}, load ${load}.`,
    `In parentheses: how many times the figure of ${ISOLET_IN_PROCESS} it is, the median of the rounds' own ratios.`,
    ...sections.map(([title, cells]) => formatSection(title, cells)),
  ].join("\n\n");
}

function cpuCells({ cpu }: Matrix, callers: number): readonly Cell[] {
  return cpu.filter(({ name }) => name.endsWith(` ${callers} callers`));
}

/** One row for everybody, one column for each cell, and below who was left out. */
function formatSection(title: string, cells: readonly Cell[]): string {
  if (cells.length === 0) return `${title}\n  none`;
  const peers = [...new Set(cells.flatMap(({ measured }) => measured.map(({ peer }) => peer)))];
  const head = ["", ...cells.map(({ name }) => name.replace(/, \d+ callers?$/, ""))];
  const rows = peers.map((peer) => [peer, ...cells.map((cell) => entryText(cell, peer))]);
  return [title, columns([head, ...rows]), ...leftOutLines(cells)].join("\n");
}

function entryText(cell: Cell, peer: string): string {
  const entry = cell.measured.find((measured) => measured.peer === peer);
  if (!entry) return "–";
  const [ratio] = ratioOf(cell, peer, baseOf(cell, peer));
  const tail = entry.p99 === undefined ? "" : ` / ${shortNumber(entry.p99)}`;
  return `${shortNumber(entry.value)}${tail}${ratio === undefined ? "" : ` (${ratioText(ratio)})`}`;
}

/** isolet in-process; in cold starts there are two of it, and the prepared one comes first. */
function baseOf(cell: Cell, peer: string): string {
  const first = cell.measured.find((measured) => measured.peer.startsWith(ISOLET_IN_PROCESS));
  return first?.peer ?? peer;
}

/** Reasons that hold for several columns are said once. */
function leftOutLines(cells: readonly Cell[]): string[] {
  const all = cells.flatMap(({ leftOut }) => leftOut);
  const texts = all.map(({ peer, reason }: LeftOut) => `  left out: ${peer}: ${reason}`);
  return [...new Set(texts)];
}

function columns(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) => {
      const cells = line.map((text, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? text.padEnd(width) : text.padStart(width);
      });
      return `  ${cells.join("   ")}`.trimEnd();
    })
    .join("\n");
}

/** Three digits that count, without an exponent; thousands apart. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "none";
  if (value >= 100) return Math.round(value).toLocaleString("en-US").replaceAll(",", " ");
  return String(Number(value.toPrecision(3)));
}

function ratioText(ratio: number): string {
  if (ratio >= 10) return `${Math.round(ratio)}×`;
  return `${ratio >= 0.1 ? ratio.toFixed(ratio >= 1 ? 1 : 2) : ratio.toPrecision(1)}×`;
}
