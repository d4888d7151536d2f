/** What became of one test file. */
export interface Outcome {
  /** Name, status (0: passed) and message of each subtest that ended. */
  readonly subtests: readonly Subtest[];
  /** What ended it early, if something did. */
  readonly fault: string | undefined;
}

type Subtest = readonly [name: string, status: number, message: string];

/** Reads the texts that a program reported; `fault` is what it was ended for. */
export function outcomeOf(results: readonly string[], done: string | undefined, fault?: string): Outcome {
  const [, status, message] = JSON.parse(done ?? "[0,0,null]") as [number, number, string | null];
  return {
    subtests: results.map((text) => JSON.parse(text) as Subtest),
    fault:
      fault ??
      (done === undefined ? "It never ended." : status === 0 ? undefined : (message ?? "It failed.")),
  };
}

/** The names of the subtests that passed. Of several with one name all must have. */
export function passed({ subtests }: Outcome): Set<string> {
  const names = new Set(subtests.filter(([, status]) => status === 0).map(([name]) => name));
  for (const [name, status] of subtests) if (status !== 0) names.delete(name);
  return names;
}
