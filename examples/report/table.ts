/** The table: one row per function, its failures by type below it, and the totals. */
import { layOut, type TableLine } from "./layout.ts";
import type { Style } from "./style.ts";
import type { Summary } from "./summary.ts";

interface Column {
  readonly header: readonly [string, string];
  readonly text: (summary: Summary) => string;
}

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const fixed = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const oneDigit = fixed(1);
const twoDigits = fixed(2);
const fourDigits = fixed(4);
const sixDigits = fixed(6);

const COLUMNS: readonly Column[] = [
  { header: ["", "Function"], text: ({ name }) => name },
  { header: ["", "Invocations"], text: ({ invocations }) => whole.format(invocations) },
  { header: ["", "Failed"], text: ({ failed }) => whole.format(failed) },
  { header: ["Cold", "starts"], text: ({ coldStarts }) => whole.format(coldStarts) },
  { header: ["p50", "ms"], text: ({ p50Ms }) => twoDigits.format(p50Ms) },
  { header: ["p99", "ms"], text: ({ p99Ms }) => twoDigits.format(p99Ms) },
  { header: ["Billed", "ms"], text: ({ billedMs }) => whole.format(billedMs) },
  { header: ["GB-", "seconds"], text: ({ gbSeconds }) => fourDigits.format(gbSeconds) },
  { header: ["CPU", "ms"], text: ({ cpuMs }) => oneDigit.format(cpuMs) },
  { header: ["Cost", "USD"], text: ({ costUsd }) => sixDigits.format(costUsd) },
  {
    header: ["USD per", "million"],
    text: ({ costUsdPerMillion }) => twoDigits.format(costUsdPerMillion),
  },
];
const FAILED_COLUMN = 2;

export function formatTable(functions: readonly Summary[], total: Summary, style: Style): readonly string[] {
  const rule: TableLine = { rule: style.rule, paint: style.dim };
  return layOut([
    { cells: COLUMNS.map(({ header }) => header[0]), paint: style.dim },
    { cells: COLUMNS.map(({ header }) => header[1]), paint: style.dim },
    rule,
    ...functions.flatMap((summary) => [rowOf(summary), ...failureRows(summary, style)]),
    rule,
    { ...rowOf(total), paint: style.bold },
  ]);
}

function rowOf(summary: Summary): { readonly cells: readonly string[] } {
  return { cells: COLUMNS.map(({ text }) => text(summary)) };
}

function failureRows({ failures }: Summary, style: Style): readonly TableLine[] {
  return failures.map(([errorType, count]) => {
    const cells = new Array<string>(FAILED_COLUMN + 1).fill("");
    cells[0] = `  ${errorType}`;
    cells[FAILED_COLUMN] = whole.format(count);
    return { cells, wideLabel: true, paint: style.yellow };
  });
}
