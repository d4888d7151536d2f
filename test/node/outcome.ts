/** What became of one file. */
export interface Outcome {
  readonly passed: boolean;
  /** Why it did not pass. */
  readonly reason: string;
}

export const PASSED: Outcome = { passed: true, reason: "" };

export function failed(reason: string): Outcome {
  return { passed: false, reason };
}

/** What `common.skip` prints before it ends the process. */
export const SKIPPED: RegExp = /^.*1\.\.0 # Skipped: (.*)$/m;
