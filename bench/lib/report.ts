/** How a figure compares with another of the same run; `factor` is the median of the rounds' own ratios. */
interface Ratio {
  readonly to: string;
  readonly factor: number;
}

/** One measured figure: the median over the rounds. */
export interface BenchRow {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  /** Where rounds consist of many calls: the median of the rounds' 99th percentiles, in `unit`. */
  readonly p99?: number;
  readonly ratios: readonly Ratio[];
}

/** What a figure has to reach, and whether it did in this run. */
export interface Target {
  readonly text: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly measured: number;
  readonly unit: string;
  readonly reached: boolean;
}

/** What a benchmark found, and what it deliberately left out. */
export interface BenchReport {
  readonly name: string;
  readonly question: string;
  readonly rounds: number;
  readonly rows: readonly BenchRow[];
  readonly targets: readonly Target[];
  readonly notMeasured: readonly string[];
}

/** How much a benchmark does: `work` is a share of its usual work per round, for tests. */
export interface Scale {
  readonly rounds: number;
  readonly work: number;
}

/** A share of `usual`, at least 1. */
export function scaled(usual: number, { work }: Scale): number {
  return Math.max(1, Math.round(usual * work));
}

/** A benchmark: measures, closes all it opened, and asserts nothing. */
export type Benchmark = (scale: Scale) => Promise<BenchReport>;

export function atMost(text: string, limit: number, measured: number, unit: string): Target {
  return { text, atMost: limit, measured, unit, reached: measured <= limit };
}

export function atLeast(text: string, limit: number, measured: number, unit: string): Target {
  return { text, atLeast: limit, measured, unit, reached: measured >= limit };
}
