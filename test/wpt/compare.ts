import { Baseline } from "./baseline.ts";
import { Guests } from "./guest.ts";
import { type Outcome, passed } from "./outcome.ts";
import { testsOf, type Wpt } from "./suite.ts";

/** A test file in both: what plain Node passes, and what of that a guest does not. */
interface Comparison {
  readonly name: string;
  readonly expected: number;
  /** Subtests a guest fails and plain Node passes, each with the reason. */
  readonly failures: readonly string[];
}

/** A folder's sum. */
export interface Score {
  readonly passed: number;
  readonly expected: number;
  readonly comparisons: readonly Comparison[];
}

interface CompareOptions {
  /** Longest time for one file, in ms. */
  readonly timeoutMs: number;
  /** Part of the names of the files to run. */
  readonly filter?: string;
  /** How many files run at once. */
  readonly parallel: number;
  readonly onFile?: (comparison: Comparison) => void;
}

/** Runs the tests of a folder in guests and in plain Node. */
export async function compare(folder: string, options: CompareOptions): Promise<Score> {
  const { timeoutMs, filter, parallel, onFile } = options;
  const tests = await testsOf(folder, filter);
  const comparisons: Comparison[] = [];
  using baseline = new Baseline(timeoutMs);
  await using guests = new Guests(timeoutMs);
  const next = tests.values();
  const work = async (): Promise<void> => {
    for (const test of next) {
      const comparison = await compareOne(test, baseline, guests);
      comparisons.push(comparison);
      onFile?.(comparison);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  const expected = sum(comparisons, (one) => one.expected);
  return { expected, passed: expected - sum(comparisons, (one) => one.failures.length), comparisons };
}

async function compareOne(test: Wpt, baseline: Baseline, guests: Guests): Promise<Comparison> {
  const node = passed(await baseline.run(test));
  if (node.size === 0) return { name: test.name, expected: 0, failures: [] };
  const outcome = await guests.run(test);
  const guest = passed(outcome);
  const failures = [...node]
    .filter((name) => !guest.has(name))
    .map((name) => `${name}: ${reason(outcome, name)}`);
  return { name: test.name, expected: node.size, failures };
}

function reason({ subtests, fault }: Outcome, name: string): string {
  const failed = subtests.find(([subtest, status]) => subtest === name && status !== 0);
  return failed?.[2] || fault || "It was not run.";
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}
