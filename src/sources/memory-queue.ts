import { hash, randomUUID } from "node:crypto";
import { systemClock, type Clock } from "../base/clock.ts";
import { describeValue, ThrottledError } from "../base/errors.ts";
import { integerOption, invalidSource } from "./checks.ts";
import { DueHeap, type Waiting } from "./due-heap.ts";
import {
  checkInteger,
  readContent,
  readDelay,
  type MessageContent,
  type QueueStats,
  type ReceivedMessage,
  type SendOptions,
} from "./message.ts";
import { DEFAULT_ACCOUNT_ID, DEFAULT_REGION } from "./names.ts";

/** Options of a {@link MemoryQueue}. */
export interface MemoryQueueOptions {
  /** Last part of the queue's ARN; 1 to 80 of `A-Z a-z 0-9 _ -`, default `"queue"`. */
  readonly name?: string;
  /** Most messages held at once, waiting and in flight together; 1 to 10 000 000, default 120 000, SQS's limit of messages in flight. */
  readonly maxMessages?: number;
  /** Largest message, attributes included; 1 to 1 073 741 824, default 1 048 576 (1 MiB), SQS's own. */
  readonly maxMessageBytes?: number;
  /** Default: the machine's until a source is started, then that source's. */
  readonly clock?: Clock;
}

/** Twelve hours, as in SQS. */
export const MAX_VISIBILITY_MS = 43_200_000;

interface Entry extends Waiting {
  readonly messageId: string;
  readonly content: MessageContent;
  readonly md5OfBody: string;
  readonly sentAtMs: number;
  readonly deadLetterSourceArn: string | undefined;
  firstReceivedAtMs: number | undefined;
  receiveCount: number;
  /** `gone` marks what was deleted while it stood in the row of the ready ones. */
  state: "ready" | "delayed" | "in-flight" | "gone";
}

/**
 * A queue in memory with SQS's semantics of a standard queue: at least once, no strict order, a received message is invisible for
 * its visibility timeout and comes back when it was not deleted by then. It has no timers of its own and loses nothing while it isn't
 * consumed; with the process, all of it is gone. Nothing expires: there is no retention period, only `maxMessages`.
 */
export class MemoryQueue {
  readonly arn: string;
  readonly #maxMessages: number;
  readonly #maxMessageBytes: number;
  readonly #ownClock: boolean;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new DueHeap<Entry>();
  readonly #listeners = new Set<() => void>();
  #clock: Clock;
  /** The ready ones in order, from `#head`; some may be gone. */
  #row: Entry[] = [];
  #head = 0;
  #visible = 0;
  #delayed = 0;

  /** Throws a `SourceError` (`INVALID_SOURCE`) for an option outside its range. */
  constructor(options: MemoryQueueOptions = {}) {
    const { name = "queue", clock } = options;
    if (typeof name !== "string" || !/^[\w-]{1,80}$/.test(name)) {
      throw invalidSource(
        `MemoryQueue: name is ${describeValue(name)}; allowed: 1 to 80 of A-Z a-z 0-9 _ -.`,
      );
    }
    this.arn = `arn:aws:sqs:${DEFAULT_REGION}:${DEFAULT_ACCOUNT_ID}:${name}`;
    this.#maxMessages = integerOption("MemoryQueue", "maxMessages", options.maxMessages, 120_000, {
      min: 1,
      max: 10_000_000,
    });
    const sizes = { min: 1, max: 1_073_741_824 };
    this.#maxMessageBytes = integerOption(
      "MemoryQueue",
      "maxMessageBytes",
      options.maxMessageBytes,
      1_048_576,
      sizes,
    );
    this.#ownClock = clock !== undefined;
    this.#clock = clock ?? systemClock;
  }

  /**
   * Adds a message and returns its id. Throws, and adds nothing, when the message breaks a limit of SQS (`InvalidPayloadError`,
   * `InvalidOptionError`, or code `PAYLOAD_TOO_LARGE`), and a `ThrottledError` when the queue is full.
   */
  send(body: string, options: SendOptions = {}): string {
    const content = readContent(body, options, this.#maxMessageBytes);
    const delayMs = readDelay(options.delayMs);
    const messageId = randomUUID();
    this.#add({ messageId, content, md5OfBody: hash("md5", body), sentAtMs: this.#clock.now() }, delayMs);
    return messageId;
  }

  /**
   * Takes up to `max` visible messages (1 to 10 000), the longest ready first, and makes them invisible for `visibilityTimeoutMs` (0 to 12 hours);
   * no more than fit into `maxBytes` as records of an event, but one in any case. What sources use; also the way to look into a dead letter queue.
   * Throws an `InvalidOptionError`.
   */
  receive(max: number, visibilityTimeoutMs: number, maxBytes: number = Infinity): ReceivedMessage[] {
    checkInteger("MemoryQueue.receive", "max", max, 1, 10_000);
    checkInteger("MemoryQueue.receive", "visibilityTimeoutMs", visibilityTimeoutMs, 0, MAX_VISIBILITY_MS);
    this.#refresh();
    const received: ReceivedMessage[] = [];
    for (let entry = this.#first(); entry; entry = this.#first()) {
      maxBytes -= entry.content.recordBytes;
      if (received.length === max || (received.length > 0 && maxBytes < 0)) break;
      received.push(this.#lease(entry, visibilityTimeoutMs));
    }
    return received;
  }

  /** Deletes a received message. False, and no effect, when it is gone or was received again since. */
  delete(receiptHandle: string): boolean {
    const entry = this.#find(receiptHandle);
    if (!entry) return false;
    this.#remove(entry);
    return true;
  }

  /** Makes a message that is in flight visible after `visibilityTimeoutMs` from now; at once with 0. False when it is not in flight under this handle. Throws an `InvalidOptionError`. */
  changeVisibility(receiptHandle: string, visibilityTimeoutMs: number): boolean {
    checkInteger(
      "MemoryQueue.changeVisibility",
      "visibilityTimeoutMs",
      visibilityTimeoutMs,
      0,
      MAX_VISIBILITY_MS,
    );
    const entry = this.#find(receiptHandle);
    if (entry?.state !== "in-flight") return false;
    this.#waiting.remove(entry);
    this.#wait(entry, visibilityTimeoutMs);
    this.#announce();
    return true;
  }

  /**
   * Moves a received message into another queue, with its id, body, attributes and time of sending; its receive count begins anew.
   * Throws a `ThrottledError`, and leaves the message where it is, when the other queue is full. False when the handle is stale or the other queue is this one.
   */
  moveTo(receiptHandle: string, other: MemoryQueue): boolean {
    const entry = this.#find(receiptHandle);
    if (!entry || other === this) return false;
    const { messageId, content, md5OfBody, sentAtMs } = entry;
    other.#add({ messageId, content, md5OfBody, sentAtMs, deadLetterSourceArn: this.arn }, 0);
    this.#remove(entry);
    return true;
  }

  /** Deletes every message, those in flight included. */
  purge(): void {
    this.#entries.clear();
    this.#waiting.clear();
    this.#row = [];
    this.#head = this.#visible = this.#delayed = 0;
  }

  get stats(): QueueStats {
    this.#refresh();
    const inFlight = this.#entries.size - this.#visible - this.#delayed;
    return { visible: this.#visible, delayed: this.#delayed, inFlight };
  }

  /** Milliseconds, at least 1, until the next invisible message becomes visible; nothing when none is invisible. */
  get nextVisibleInMs(): number | undefined {
    this.#refresh();
    const atMs = this.#waiting.nextAtMs;
    return atMs === undefined ? undefined : Math.max(1, atMs - this.#clock.monotonicMs());
  }

  /**
   * A consumer comes: `listener` is called whenever there is something new to receive or to wait for, and the queue goes by the consumer's clock
   * unless it was given its own. Returns what takes the listener away.
   */
  subscribe(listener: () => void, clock: Clock): () => void {
    if (!this.#ownClock && clock !== this.#clock) {
      this.#waiting.shift(clock.monotonicMs() - this.#clock.monotonicMs());
      this.#clock = clock;
    }
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #add(
    message: Pick<Entry, "messageId" | "content" | "md5OfBody" | "sentAtMs"> & {
      deadLetterSourceArn?: string;
    },
    delayMs: number,
  ): void {
    if (this.#entries.size >= this.#maxMessages) throw this.#full();
    const entry: Entry = {
      deadLetterSourceArn: undefined,
      ...message,
      firstReceivedAtMs: undefined,
      receiveCount: 0,
      state: "ready",
      atMs: 0,
      heapIndex: -1,
    };
    this.#entries.set(entry.messageId, entry);
    if (delayMs > 0) {
      entry.state = "delayed";
      this.#delayed++;
      this.#wait(entry, delayMs);
    } else {
      this.#ready(entry);
    }
    this.#announce();
  }

  #full(): ThrottledError {
    const message = `The queue ${this.arn} holds ${this.#maxMessages} messages, its limit maxMessages. Send later, or raise maxMessages.`;
    return new ThrottledError(message, "BacklogFull", "maxMessages", this.#maxMessages);
  }

  #wait(entry: Entry, delayMs: number): void {
    entry.atMs = this.#clock.monotonicMs() + delayMs;
    this.#waiting.add(entry);
  }

  #ready(entry: Entry): void {
    if (entry.state === "delayed") this.#delayed--;
    entry.state = "ready";
    this.#visible++;
    this.#row.push(entry);
  }

  /** Lets those whose time has come be visible. */
  #refresh(): void {
    const nowMs = this.#clock.monotonicMs();
    for (let entry = this.#waiting.takeDue(nowMs); entry; entry = this.#waiting.takeDue(nowMs))
      this.#ready(entry);
  }

  /** The first ready one, left where it is. */
  #first(): Entry | undefined {
    while (this.#row[this.#head]?.state === "gone") this.#dropFirst();
    return this.#row[this.#head];
  }

  #dropFirst(): void {
    this.#head++;
    if (this.#head * 2 <= this.#row.length) return;
    this.#row = this.#row.slice(this.#head);
    this.#head = 0;
  }

  /** Hands out the first ready one. */
  #lease(entry: Entry, visibilityTimeoutMs: number): ReceivedMessage {
    this.#dropFirst();
    this.#visible--;
    entry.state = "in-flight";
    entry.receiveCount++;
    entry.firstReceivedAtMs ??= this.#clock.now();
    this.#wait(entry, visibilityTimeoutMs);
    const { messageId, content, md5OfBody, sentAtMs, firstReceivedAtMs, receiveCount, deadLetterSourceArn } =
      entry;
    const receiptHandle = Buffer.from(`${messageId}#${receiveCount}`).toString("base64");
    return {
      ...content,
      messageId,
      receiptHandle,
      md5OfBody,
      sentAtMs,
      firstReceivedAtMs,
      receiveCount,
      deadLetterSourceArn,
    };
  }

  #find(receiptHandle: string): Entry | undefined {
    const [messageId = "", receive] = Buffer.from(receiptHandle, "base64").toString().split("#");
    const entry = this.#entries.get(messageId);
    return entry && String(entry.receiveCount) === receive ? entry : undefined;
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.messageId);
    if (entry.state === "ready") this.#visible--;
    else this.#waiting.remove(entry);
    entry.state = "gone";
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }
}
