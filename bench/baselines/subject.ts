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
