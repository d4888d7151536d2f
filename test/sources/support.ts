import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { RecordingInvoker } from "../../src/sources/recording-invoker.ts";
import type { EventSource, SourceContext, SourceLogger } from "../../src/sources/source.ts";

/** Keeps what a source logs. */
class RecordingLogger implements SourceLogger {
  readonly errors: string[] = [];
  readonly notes: string[] = [];
  debug(message: string): void {
    this.notes.push(message);
  }
  error(message: string, cause?: unknown): void {
    this.errors.push(cause instanceof Error ? `${message}: ${cause.message}` : message);
  }
}

export interface Rig {
  readonly clock: FakeClock;
  readonly invoker: RecordingInvoker;
  readonly logger: RecordingLogger;
  readonly abort: AbortController;
  readonly context: SourceContext;
}

export function makeRig(clock: FakeClock = new FakeClock()): Rig {
  const invoker = new RecordingInvoker();
  const logger = new RecordingLogger();
  const abort = new AbortController();
  return { clock, invoker, logger, abort, context: { clock, invoker, logger, signal: abort.signal } };
}

export async function started(source: EventSource, rig: Rig = makeRig()): Promise<Rig> {
  await source.start(rig.context);
  return rig;
}

/** Lets promise reactions, the source's microtasks and sockets have their turns until `done`. */
export async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 10_000; i++) {
    if (done()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`It never came: ${done.toString()}`);
}

const CORPORA = fileURLToPath(new URL("../../../shared/corpora/", import.meta.url));

/** Path of a corpus, or nothing (and a line that says so) where the corpora are absent, as in an installed package. */
export function corpus(relative: string): string | undefined {
  const path = `${CORPORA}${relative}`;
  if (existsSync(path)) return path;
  console.warn(`skipped: the corpus ${path} is absent`);
  return undefined;
}
