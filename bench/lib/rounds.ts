import type { BenchRow } from "./report.ts";
import { median, quantile } from "./stats.ts";

/** What one round of one contender gave. */
export interface Figure {
  readonly value: number;
  readonly p99?: number;
}

/** One of those that are compared. */
export interface Contender {
  readonly name: string;
  round(): Promise<Figure>;
}

/** The rounds of each contender, in the order in which they ran. */
export type Rounds = ReadonlyMap<string, readonly Figure[]>;

/**
 * Runs the contenders in turn, A B C A B C, so that whatever else the machine does falls on all of them alike. The first
 * `leftOut` turns of each, in which code gets warm, don't count.
 */
export async function interleave(
  contenders: readonly Contender[],
  rounds: number,
  leftOut: number = 1,
): Promise<Rounds> {
  const found = new Map<string, Figure[]>(contenders.map(({ name }) => [name, []]));
  for (let round = -leftOut; round < rounds; round++) {
    for (const contender of contenders) {
      const figure = await contender.round();
      if (round >= 0) found.get(contender.name)?.push(figure);
    }
  }
  return found;
}

/** A row for each contender, with its ratio to each baseline. */
export function rowsOf(
  rounds: Rounds,
  unit: string,
  baselines: readonly string[],
  suffix: string = "",
): BenchRow[] {
  return [...rounds].map(([name, figures]) => {
    const tails = figures.flatMap(({ p99 }) => p99 ?? []);
    return {
      label: name + suffix,
      value: median(figures.map(({ value }) => value)),
      unit,
      ...(tails.length > 0 && { p99: median(tails) }),
      ratios: baselines.filter((to) => to !== name).map((to) => ({ to, factor: ratioOf(rounds, name, to) })),
    };
  });
}

/**
 * How many times `to`'s value `name`'s is: the median over the rounds, each with its own neighbour in time, which
 * noise changes less than the ratio of two medians.
 */
export function ratioOf(rounds: Rounds, name: string, to: string): number {
  const others = rounds.get(to) ?? [];
  return median((rounds.get(name) ?? []).map(({ value }, index) => value / (others[index]?.value ?? NaN)));
}

/** Times `calls` calls, one after the other, in microseconds. */
export async function timeCalls(calls: number, call: (index: number) => Promise<unknown>): Promise<Figure> {
  const tookUs: number[] = [];
  for (let index = 0; index < calls; index++) {
    const startMs = performance.now();
    await call(index);
    tookUs.push((performance.now() - startMs) * 1_000);
  }
  return { value: median(tookUs), p99: quantile(tookUs, 0.99) };
}
