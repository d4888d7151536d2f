import { shortNumber } from "./tables.ts";

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What is shown off, what it is compared with, and what only bounds both. */
  readonly kind: "ours" | "peer" | "limit";
}

export interface BarChart {
  readonly title: string;
  readonly note: string;
  /** Bar lengths on a logarithmic scale, for values that differ by powers of ten. */
  readonly log: boolean;
  readonly bars: readonly Bar[];
}

const WIDTH = 800;
const LABEL_WIDTH = 270;
const VALUE_WIDTH = 90;
const BAR_HEIGHT = 20;
const BAR_STEP = 28;
const TOP = 66;
const BOTTOM = 34;

/** The shortest bar that can still be seen. */
const LEAST_LENGTH = 2;

/** Colours that can be read on white and on GitHub's dark grey alike; a page in the dark gets lighter ones. */
const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
  .title { font-size: 16px; font-weight: 600; }
  .note, .scale { fill: #57606a; font-size: 12px; }
  .grid { stroke: #d0d7de; }
  .ours { fill: #0969da; }
  .peer { fill: #8c959f; }
  .limit { fill: none; stroke: #8c959f; stroke-dasharray: 3 2; }
  .own { font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .note, .scale { fill: #9198a1; }
    .grid { stroke: #30363d; }
    .ours { fill: #4493f8; }
    .peer { fill: #6e7681; }
    .limit { stroke: #8b949e; }
  }
`;

/** Horizontal bars with their values, as a file that stands by itself. Colours follow the reader's scheme. */
export function barChart(chart: BarChart): string {
  const height = TOP + chart.bars.length * BAR_STEP + BOTTOM;
  const scale = scaleOf(chart);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(`${chart.title}: ${summary(chart)}`)}">`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="8" y="24">${escape(chart.title)}</text>`,
    `<text class="note" x="8" y="44">${escape(chart.note + (chart.log ? "; logarithmic scale" : ""))}</text>`,
    ...scale.ticks.map((tick) => tickOf(LABEL_WIDTH + scale.length(tick), tick, height)),
    ...chart.bars.map((bar, index) => barOf(bar, TOP + index * BAR_STEP, scale.length(bar.value))),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

function barOf({ label, value, kind }: Bar, y: number, length: number): string {
  const middle = y + BAR_HEIGHT / 2 + 4.5;
  const own = kind === "ours" ? ' class="own"' : "";
  return [
    `<text${own} x="${LABEL_WIDTH - 8}" y="${middle}" text-anchor="end">${escape(label)}</text>`,
    `<rect class="${kind}" x="${LABEL_WIDTH}" y="${y}" width="${round(length)}" height="${BAR_HEIGHT}" rx="2"/>`,
    `<text${own} x="${round(LABEL_WIDTH + length + 6)}" y="${middle}">${shortNumber(value)}</text>`,
  ].join("\n");
}

function tickOf(x: number, value: number, height: number): string {
  const bottom = height - BOTTOM;
  return [
    `<line class="grid" x1="${round(x)}" x2="${round(x)}" y1="${TOP - 6}" y2="${bottom}"/>`,
    `<text class="scale" x="${round(x)}" y="${bottom + 18}" text-anchor="middle">${shortNumber(value)}</text>`,
  ].join("\n");
}

interface ValueScale {
  readonly ticks: readonly number[];
  /** How long a bar of this value is. */
  length(value: number): number;
}

function scaleOf({ bars, log }: BarChart): ValueScale {
  const values = bars.map(({ value }) => value);
  const full = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const most = Math.max(...values);
  return log ? logScale(Math.min(...values), most, full) : linearScale(most, full);
}

function linearScale(most: number, full: number): ValueScale {
  const step = niceStep(most / 4);
  const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
  return { ticks, length: (value) => Math.max(LEAST_LENGTH, (value / most) * full) };
}

/** 1, 2 or 5 times a power of ten: the least that is not below `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return (([1, 2, 5, 10] as const).find((factor) => factor * power >= rough) ?? 10) * power;
}

/** From the power of ten at or below the least value, so that no bar has less than no length. */
function logScale(least: number, most: number, full: number): ValueScale {
  const from = Math.floor(Math.log10(least));
  const span = Math.max(1, Math.log10(most) - from);
  const ticks = Array.from({ length: Math.floor(span) + 1 }, (_, index) => 10 ** (from + index));
  return {
    ticks,
    length: (value) => Math.max(LEAST_LENGTH, ((Math.log10(value) - from) / span) * full),
  };
}

function summary({ bars }: BarChart): string {
  return bars.map(({ label, value }) => `${label} ${shortNumber(value)}`).join(", ");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
