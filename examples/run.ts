/** Sends calls with a number of callers at once, and compares each answer with what was expected. */
import type { Engine } from "isolet";
import type { Call } from "./workload.ts";

/** What came of the calls. */
export interface Outcome {
  /** Answers by function, counted by kind. */
  readonly answers: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** What went otherwise than expected, one line each. Empty when all is well. */
  readonly surprises: readonly string[];
}

export async function runCalls(
  engine: Pick<Engine, "invoke">,
  calls: readonly Call[],
  callers: number,
  onEnd: (functionName: string) => void,
): Promise<Outcome> {
  const answers = new Map<string, Map<string, number>>();
  const surprises: string[] = [];
  // All callers take from the same iterator: whoever is free makes the next call.
  const queue = calls.values();
  const caller = async (): Promise<void> => {
    for (const call of queue) {
      const surprise = await makeCall(engine, call, answers);
      if (surprise !== undefined) surprises.push(`${call.exercise.name}: ${surprise}`);
      onEnd(call.exercise.name);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { answers, surprises };
}

/** Makes the call; gives back what was unexpected about its end, if anything. */
async function makeCall(
  engine: Pick<Engine, "invoke">,
  { exercise, sample }: Call,
  answers: Map<string, Map<string, number>>,
): Promise<string | undefined> {
  const { event, expectedError } = sample;
  try {
    const result = await engine.invoke(exercise.name, event);
    if (result.status === "failed") {
      const { errorType, errorMessage } = result.error;
      return errorType === expectedError
        ? undefined
        : `${errorType}: ${errorMessage} (expected ${expectedError ?? "success"})`;
    }
    if (expectedError !== undefined) return `succeeded (expected ${expectedError})`;
    addUp(answers, exercise.name, exercise.tally(event, result.payload));
    return undefined;
  } catch (error) {
    // The function's own failures are results: a rejection is the platform's, or a wrong call.
    return `rejected with ${String(error)}`;
  }
}

function addUp(
  answers: Map<string, Map<string, number>>,
  name: string,
  tally: Readonly<Record<string, number>>,
): void {
  const counts = answers.get(name) ?? new Map<string, number>();
  answers.set(name, counts);
  for (const [kind, count] of Object.entries(tally)) counts.set(kind, (counts.get(kind) ?? 0) + count);
}
