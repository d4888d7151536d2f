import { inspect } from "node-inspect-extracted";

const valuesColumn = "Values";

type Row = ReadonlyMap<string, string>;

/** What `console.table` writes of an object, an array, a Map or a Set, for the chosen `columns` or all. */
export function formatTable(data: object, columns: unknown): string {
  const isIndexed = data instanceof Map || data instanceof Set;
  const indexHeader = isIndexed ? "(iteration index)" : "(index)";
  const rows = entriesOf(data).map(([index, value]): [string, Row] => [
    index,
    rowOf(value, data instanceof Map),
  ]);
  const headers = columnsOf(rows, columns);
  const lines = rows.map(([index, row]) => [index, ...headers.map((header) => row.get(header) ?? "")]);
  return draw([[indexHeader, ...headers], ...lines]);
}

function entriesOf(data: object): [string, unknown][] {
  if (data instanceof Map || data instanceof Set) {
    return [...(data as Iterable<unknown>)].map((value, index) => [String(index), value]);
  }
  return Object.entries(data);
}

function rowOf(value: unknown, isMapEntry: boolean): Row {
  if (isMapEntry) {
    const [key, entry] = value as [unknown, unknown];
    return new Map([
      ["Key", show(key)],
      [valuesColumn, show(entry)],
    ]);
  }
  if (typeof value !== "object" || value === null) return new Map([[valuesColumn, show(value)]]);
  return new Map(Object.entries(value).map(([key, field]) => [key, show(field)]));
}

/** In order of first appearance, that of plain values last. */
function columnsOf(rows: readonly [string, Row][], chosen: unknown): string[] {
  const found = new Set(rows.flatMap(([, row]) => [...row.keys()]));
  const hasValues = rows.some(([, row]) => row.size === 1 && row.has(valuesColumn));
  if (Array.isArray(chosen)) return [...chosen.map(String), ...(hasValues ? [valuesColumn] : [])];
  if (found.delete(valuesColumn)) found.add(valuesColumn);
  return [...found];
}

function show(value: unknown): string {
  const depth = typeof value === "object" && value !== null && Object.keys(value).length > 2 ? -1 : 0;
  return inspect(value, { maxArrayLength: 3, breakLength: Infinity, depth });
}

function draw(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map(
    (_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)) + 2,
  );
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => "─".repeat(width)).join(middle) + right;
  const body = lines.map(
    (line) => `│${line.map((cell, column) => ` ${cell}`.padEnd(widths[column] ?? 0)).join("│")}│`,
  );
  return [rule("┌", "┬", "┐"), body[0], rule("├", "┼", "┤"), ...body.slice(1), rule("└", "┴", "┘")].join(
    "\n",
  );
}
