/** Lays cells out in columns: the first left-aligned, all others right-aligned, as numbers are read. */
import type { Paint } from "./style.ts";

/** One line of a table. */
export type TableLine =
  | {
      readonly cells: readonly string[];
      readonly paint?: Paint;
      /** The first cell may run over into the second column, which is then empty. */
      readonly wideLabel?: boolean;
    }
  | { readonly rule: string; readonly paint?: Paint };

const GAP = "  ";

export function layOut(lines: readonly TableLine[]): readonly string[] {
  const widths = columnWidths(lines);
  const total = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
  return lines.map((line) => {
    const text = "rule" in line ? line.rule.repeat(total) : layOutCells(line.cells, widths, line.wideLabel);
    // Painted only now: colour codes have a length but no width.
    return line.paint ? line.paint(text) : text;
  });
}

function layOutCells(cells: readonly string[], widths: readonly number[], wideLabel = false): string {
  const [label = "", ...numbers] = cells;
  const [labelWidth = 0, ...numberWidths] = widths;
  const skipped = wideLabel ? 1 : 0;
  const room = wideLabel ? labelWidth + GAP.length + (numberWidths[0] ?? 0) : labelWidth;
  const aligned = numberWidths
    .slice(skipped)
    .map((width, index) => (numbers[index + skipped] ?? "").padStart(width));
  return [label.padEnd(room), ...aligned].join(GAP).trimEnd();
}

function columnWidths(lines: readonly TableLine[]): readonly number[] {
  const rows = lines.filter((line) => "cells" in line);
  const count = Math.max(0, ...rows.map(({ cells }) => cells.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(
      ...rows.map(({ cells, wideLabel }) => (wideLabel && column === 0 ? 0 : (cells[column] ?? "").length)),
    ),
  );
  const [label = 0, second = 0, ...rest] = widths;
  const widest = Math.max(
    0,
    ...rows.filter(({ wideLabel }) => wideLabel).map(({ cells }) => cells[0]?.length ?? 0),
  );
  return count < 2 ? widths : [Math.max(label, widest - GAP.length - second), second, ...rest];
}
