import type { Timer } from "../base/clock.ts";
import type { RequestResult } from "../invocation/result.ts";
import { codeOf, functionOption, integerOption, invalidSource } from "./checks.ts";
import { SourceLifecycle } from "./lifecycle.ts";
import { MAX_VISIBILITY_MS, MemoryQueue } from "./memory-queue.ts";
import type { ReceivedMessage } from "./message.ts";
import type { EventSource, SourceContext } from "./source.ts";
import { batchEvent, readReport } from "./sqs-event.ts";

export { MemoryQueue } from "./memory-queue.ts";
export type { MemoryQueueOptions } from "./memory-queue.ts";
export type {
  MessageAttribute,
  MessageAttributeInput,
  MessageContent,
  QueueStats,
  ReceivedMessage,
  SendOptions,
} from "./message.ts";
export type { QueueEvent, QueueRecord, QueueRecordAttributes } from "./sqs-event.ts";

/** Options of {@link queueSource}. */
export interface QueueSourceOptions {
  /** Where the messages come from. Several sources may share one; each message goes to one of them. */
  readonly queue: MemoryQueue;
  /** Name, alias, version or ARN of the function to invoke. */
  readonly function: string;
  /** Most messages of one invocation; 1 to 10 000, default 10. */
  readonly batchSize?: number;
  /** How long to wait for a full batch once a message is there; 0 to 300 000, default 0. */
  readonly batchWindowMs?: number;
  /**
   * How long a received message stays invisible; 1 to 43 200 000 (12 hours), default 30 000. One that takes longer is delivered again
   * while it is still being processed, so make it a few times the function's timeout.
   */
  readonly visibilityTimeoutMs?: number;
  /** After how many receives a message that still wasn't deleted goes to `deadLetter`; 1 to 1 000. Default: never. */
  readonly maxReceiveCount?: number;
  /** Takes the messages that `maxReceiveCount` gives up; the two go together. */
  readonly deadLetter?: MemoryQueue;
  /** Most invocations of this source at once; 1 to 1 000, default 5, with which Lambda begins. */
  readonly maxConcurrency?: number;
  /** Whether `batchItemFailures` in the function's response is read (Lambda's `ReportBatchItemFailures`); default true. */
  readonly reportBatchItemFailures?: boolean;
}

/** Lambda's limit of a request's payload; a batch is cut to fit. */
const MAX_BATCH_BYTES = 6_000_000;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 20_000;

/**
 * Makes a source that feeds a function with batches from a {@link MemoryQueue}, as Lambda's event source mapping of an SQS queue does.
 *
 * A batch goes out when it is full or its window has passed. When the function succeeds, its messages are deleted, except those it lists in
 * `batchItemFailures`; a report with an unknown or empty identifier fails the whole batch. What was not deleted becomes visible again
 * when its visibility timeout, counted from the receive, has passed. Every receive counts, that of a throttled or refused invocation
 * included; after one of those the source pauses, from 100 ms doubling up to 20 s, so that a throttled function doesn't use up the receives of the whole queue.
 * A message received `maxReceiveCount` times moves to `deadLetter` when it would be received again.
 *
 * `stop()` takes no further messages and waits for the invocations under way; the rest stays in the queue.
 *
 * @throws SourceError (`INVALID_SOURCE`) for an option outside its range.
 * @example
 * const jobs = new MemoryQueue({ name: "jobs" });
 * await engine.attach(queueSource({ queue: jobs, function: "worker", batchSize: 10 }));
 * jobs.send(JSON.stringify({ id: 1 }));
 */
export function queueSource(options: QueueSourceOptions): EventSource & { readonly kind: "queue" } {
  return new QueueSource(options);
}

interface Settings {
  readonly queue: MemoryQueue;
  readonly function: string;
  readonly batchSize: number;
  readonly batchWindowMs: number;
  readonly visibilityTimeoutMs: number;
  readonly redrive: { readonly maxReceiveCount: number; readonly deadLetter: MemoryQueue } | undefined;
  readonly maxConcurrency: number;
  readonly reportBatchItemFailures: boolean;
}

class QueueSource implements EventSource {
  readonly kind = "queue";
  readonly #settings: Settings;
  readonly #life: SourceLifecycle;
  #unsubscribe: (() => void) | undefined;
  #timer: Timer | undefined;
  #active = 0;
  #polling = false;
  /** When the batch that is being gathered goes out, full or not; monotonic. */
  #windowEndMs: number | undefined;
  /** Before when nothing is received, after a refused invocation; monotonic. */
  #pausedUntilMs = 0;
  #pauseMs = 0;

  constructor(options: QueueSourceOptions) {
    this.#settings = resolve(options);
    this.#life = new SourceLifecycle(this.kind, () => {
      this.#timer?.cancel();
      this.#unsubscribe?.();
    });
  }

  async start(context: SourceContext): Promise<void> {
    this.#life.begin(context);
    this.#unsubscribe = this.#settings.queue.subscribe(() => this.#pollSoon(), context.clock);
    this.#pollSoon();
  }

  stop(): Promise<void> {
    return this.#life.stop();
  }

  /** Messages sent one after the other by the same code are seen together, and `send` never runs a function. */
  #pollSoon(): void {
    if (this.#polling) return;
    this.#polling = true;
    queueMicrotask(() => {
      this.#polling = false;
      this.#poll();
    });
  }

  #poll(): void {
    this.#timer?.cancel();
    const { maxConcurrency } = this.#settings;
    while (this.#life.isRunning() && this.#active < maxConcurrency) {
      const waitMs = this.#waitMs();
      if (waitMs === undefined) return;
      if (waitMs > 0) {
        this.#timer = this.#life.context.clock.setTimer(() => this.#poll(), waitMs, true);
        return;
      }
      this.#windowEndMs = undefined;
      this.#receive();
    }
  }

  /** How long until it is worth looking again: 0 is now, nothing is when something is sent. */
  #waitMs(): number | undefined {
    const { queue, batchSize, batchWindowMs } = this.#settings;
    const nowMs = this.#life.context.clock.monotonicMs();
    if (nowMs < this.#pausedUntilMs) return this.#pausedUntilMs - nowMs;
    // In this order: what becomes visible between the two reads is then seen by the second, and by neither otherwise.
    const untilNextMs = queue.nextVisibleInMs;
    const { visible } = queue.stats;
    if (visible === 0) {
      this.#windowEndMs = undefined;
      return untilNextMs;
    }
    this.#windowEndMs ??= nowMs + batchWindowMs;
    if (visible >= batchSize || nowMs >= this.#windowEndMs) return 0;
    return Math.min(this.#windowEndMs - nowMs, untilNextMs ?? Infinity);
  }

  #receive(): void {
    const { queue, batchSize, visibilityTimeoutMs } = this.#settings;
    const received = queue.receive(batchSize, visibilityTimeoutMs, MAX_BATCH_BYTES);
    const batch = received.filter((message) => !this.#giveUp(message));
    if (batch.length > 0) void this.#process(batch);
  }

  /** Moves a message that was received too often to the dead letter queue. True when it must not be delivered. */
  #giveUp(message: ReceivedMessage): boolean {
    const { queue, redrive } = this.#settings;
    if (!redrive || message.receiveCount <= redrive.maxReceiveCount) return false;
    try {
      queue.moveTo(message.receiptHandle, redrive.deadLetter);
    } catch (error) {
      this.#report(
        `message ${message.messageId} could not go to the dead letter queue; it stays and is tried again later`,
        error,
      );
    }
    return true;
  }

  async #process(batch: readonly ReceivedMessage[]): Promise<void> {
    const { queue, function: target } = this.#settings;
    const flight = this.#life.open();
    this.#active++;
    try {
      const result = await this.#life.context.invoker.invoke(target, batchEvent(batch, queue.arn), {
        signal: flight.signal,
      });
      this.#pauseMs = 0;
      this.#settle(batch, result);
    } catch (error) {
      this.#pause();
      const what = `a batch of ${batch.length} was refused; it comes back after its visibility timeout`;
      if (codeOf(error) === "THROTTLED") this.#life.note(what);
      else this.#report(what, error);
    } finally {
      this.#active--;
      flight.end();
      this.#pollSoon();
    }
  }

  #settle(batch: readonly ReceivedMessage[], result: RequestResult): void {
    const { queue, reportBatchItemFailures } = this.#settings;
    if (result.status === "failed") {
      this.#life.note(
        `${result.error.errorType} on a batch of ${batch.length}, which comes back after its visibility timeout`,
      );
      return;
    }
    const report = reportBatchItemFailures
      ? readReport(result.payload, batch)
      : { failedIds: new Set<string>() };
    if ("allFailed" in report) {
      this.#report(`${report.allFailed}: the whole batch of ${batch.length} counts as failed`);
      return;
    }
    for (const message of batch) {
      if (!report.failedIds.has(message.messageId)) queue.delete(message.receiptHandle);
    }
  }

  #pause(): void {
    this.#pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2), LONGEST_PAUSE_MS);
    this.#pausedUntilMs = this.#life.context.clock.monotonicMs() + this.#pauseMs;
  }

  #report(what: string, cause?: unknown): void {
    this.#life.report(`${this.#settings.queue.arn} (function ${this.#settings.function}): ${what}`, cause);
  }
}

function resolve(options: QueueSourceOptions): Settings {
  const { queue } = options;
  if (!(queue instanceof MemoryQueue))
    throw invalidSource("queue source: queue is not a MemoryQueue; make one with new MemoryQueue().");
  const integer = (
    field: "batchSize" | "batchWindowMs" | "visibilityTimeoutMs" | "maxConcurrency",
    fallback: number,
    min: number,
    max: number,
  ): number => integerOption("queue source", field, options[field], fallback, { min, max });
  return {
    queue,
    function: functionOption("queue source", options.function),
    batchSize: integer("batchSize", 10, 1, 10_000),
    batchWindowMs: integer("batchWindowMs", 0, 0, 300_000),
    visibilityTimeoutMs: integer("visibilityTimeoutMs", 30_000, 1, MAX_VISIBILITY_MS),
    redrive: resolveRedrive(options),
    maxConcurrency: integer("maxConcurrency", 5, 1, 1_000),
    reportBatchItemFailures: options.reportBatchItemFailures ?? true,
  };
}

function resolveRedrive({ queue, maxReceiveCount, deadLetter }: QueueSourceOptions): Settings["redrive"] {
  if (maxReceiveCount === undefined && deadLetter === undefined) return undefined;
  if (maxReceiveCount === undefined || !(deadLetter instanceof MemoryQueue)) {
    throw invalidSource(
      "queue source: maxReceiveCount and deadLetter, another MemoryQueue, go together; give both or neither.",
    );
  }
  if (deadLetter === queue)
    throw invalidSource("queue source: deadLetter is the queue itself; give another one.");
  return {
    maxReceiveCount: integerOption("queue source", "maxReceiveCount", maxReceiveCount, 1, {
      min: 1,
      max: 1_000,
    }),
    deadLetter,
  };
}
