import { keepBusy } from "../lib/load.ts";
import type { Scale } from "../lib/report.ts";

/** Whoever can run the echo handler. */
export interface EchoSubject {
  readonly name: string;
  /** Sends the event as JSON text and resolves with what came back, parsed. */
  invoke(event: object): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens all, runs `use`, closes all, and makes sure first that each really echoes. */
export async function withSubjects<Result>(
  open: readonly (() => Promise<EchoSubject>)[],
  use: (subjects: readonly EchoSubject[]) => Promise<Result>,
): Promise<Result> {
  const subjects: EchoSubject[] = [];
  try {
    for (const one of open) {
      const subject = await one();
      subjects.push(subject);
      await checkEcho(subject);
    }
    return await use(subjects);
  } finally {
    await Promise.all(subjects.map((subject) => subject.close()));
  }
}

async function checkEcho(subject: EchoSubject): Promise<void> {
  const answer = JSON.stringify(await subject.invoke({ id: 7 }));
  if (answer !== '{"id":7,"seen":true}') throw new Error(`${subject.name} does not echo: ${answer}`);
}

/** What V8 takes to compile whatever a subject's call goes through, in milliseconds. */
const WARM_UP_MS = 3_000;

/** Has each called for a while, so that what is measured is how they run and not how they begin. */
export async function warmUp(subjects: readonly EchoSubject[], callers: number, scale: Scale): Promise<void> {
  for (const subject of subjects) {
    await keepBusy(callers, WARM_UP_MS * scale.work, (id) => subject.invoke({ id, name: "Ada" }));
  }
}
