import { rm } from "node:fs/promises";
import { runInNode } from "./baseline.ts";
import { Guests } from "./guest.ts";
import { filesOf, preparedTree } from "./suite.ts";

/** A module's files that plain Node passes, and what a guest fails of them. */
export interface Score {
  readonly expected: number;
  readonly passed: number;
  readonly failures: readonly string[];
}

interface CompareOptions {
  /** Longest time for one file, in ms. */
  readonly timeoutMs: number;
  readonly parallel: number;
  /** Part of the names of the files to run. */
  readonly filter?: string;
}

/** Runs Node's tests in guests and in plain Node. */
export class Comparison implements AsyncDisposable {
  readonly #guests = new Guests();
  readonly #tree: string;
  readonly #options: CompareOptions;

  private constructor(tree: string, options: CompareOptions) {
    this.#tree = tree;
    this.#options = options;
  }

  static async start(options: CompareOptions): Promise<Comparison> {
    const comparison = new Comparison(await preparedTree(), options);
    await comparison.#guests.deploy(comparison.#tree, options.timeoutMs);
    return comparison;
  }

  async run(prefixes: readonly string[], onFailure?: (name: string, reason: string) => void): Promise<Score> {
    const { parallel, timeoutMs, filter } = this.#options;
    const failures: string[] = [];
    let expected = 0;
    const next = (await filesOf(prefixes, filter)).values();
    const work = async (): Promise<void> => {
      for (const file of next) {
        if (!(await runInNode(this.#tree, file, timeoutMs)).passed) continue;
        expected++;
        const { passed, reason } = await this.#guests.run(file);
        if (passed) continue;
        failures.push(file);
        onFailure?.(file, reason);
      }
    };
    await Promise.all(Array.from({ length: parallel }, work));
    return { expected, passed: expected - failures.length, failures: failures.sort() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#guests[Symbol.asyncDispose]();
    await rm(this.#tree, { recursive: true, force: true });
  }
}
