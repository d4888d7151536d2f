import type { MachineFacts } from "./machine.ts";
import type { BenchReport, BenchRow, Target } from "./report.ts";

/** The report as people read it. */
export function formatReport(report: BenchReport, machine: MachineFacts): string {
  const parts = [
    `${report.name}: ${report.question}`,
    `${report.rounds} interleaved rounds, medians. ${describeMachine(machine)}`,
    "",
    formatRows(report.rows),
    ...(report.targets.length > 0 ? ["", formatTargets(report.targets)] : []),
    "",
    `Not measured: ${report.notMeasured.join("; ")}.`,
  ];
  return parts.join("\n");
}

/** The targets alone, for the end of a run. */
export function formatTargets(targets: readonly Target[]): string {
  const lines = targets.map((target) => [
    target.reached ? "reached" : "MISSED",
    target.text,
    limitText(target),
    `measured ${number(target.measured)} ${target.unit}`,
  ]);
  return columns([["target", "", "", ""], ...lines], 0);
}

function limitText({ atMost, atLeast, unit }: Target): string {
  return atMost === undefined ? `at least ${atLeast} ${unit}` : `at most ${atMost} ${unit}`;
}

function formatRows(rows: readonly BenchRow[]): string {
  const withTail = rows.some(({ p99 }) => p99 !== undefined);
  const baselines = [...new Set(rows.flatMap(({ ratios }) => ratios.map(({ to }) => to)))];
  const head = ["", "median", ...(withTail ? ["p99"] : []), "unit", ...baselines.map((name) => `× ${name}`)];
  const lines = rows.map((row) => [
    row.label,
    number(row.value),
    ...(withTail ? [row.p99 === undefined ? "" : number(row.p99)] : []),
    row.unit,
    ...baselines.map((name) => {
      const ratio = row.ratios.find(({ to }) => to === name);
      return ratio ? ratio.factor.toFixed(2) : "";
    }),
  ]);
  return columns([head, ...lines], 1);
}

/** Pads cells to columns; from column `rightFrom` on, those that hold a number are set to the right. */
function columns(lines: readonly (readonly string[])[], rightFrom: number): string {
  const widths = (lines[0] ?? []).map((_, index) =>
    Math.max(...lines.map((line) => line[index]?.length ?? 0)),
  );
  const cell = (text: string, index: number): string => {
    const isNumber = index >= rightFrom && (/^[\d.]+( |$)/.test(text) || text === "median" || text === "p99");
    return isNumber ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0);
  };
  return lines.map((line) => `  ${line.map(cell).join("  ")}`.trimEnd()).join("\n");
}

/** Three digits that count, without an exponent. */
function number(value: number): string {
  if (!Number.isFinite(value)) return "none";
  if (value >= 100) return Math.round(value).toLocaleString("en-US").replaceAll(",", " ");
  return value.toPrecision(3);
}

function describeMachine({ cpu, cpus, node, packages, load }: MachineFacts): string {
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return `${cpus} CPUs (${cpu}), Node ${node}, ${versions.join(", ")}, load ${load}.`;
}
