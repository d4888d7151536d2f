import { openSync, readSync } from "node:fs";

const SAMPLE_MS = 5;
const NS_PER_MS = 1e6;

/** The longest time in which the event loop did not turn. */
export interface Block {
  /** Without the time in which the thread could have run and the kernel gave it no CPU. */
  readonly ms: number;
  /** CPU time the thread spent within. */
  readonly cpuMs: number;
}

interface Sample {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly waitedMs: number;
}

/**
 * Measures the longest block of the main thread's event loop, by a timer of its own.
 *
 * Attacks keep every CPU busy, so that the thread often waits for one. That blocks nobody's code and would be so with any
 * busy neighbour on the machine; where the kernel tells how long it was (Linux's schedstat), it is left out.
 */
export class LoopWatch {
  readonly #queueTime = new RunQueueTime();
  #timer: NodeJS.Timeout | undefined;
  #last: Sample = this.#sample();
  #longest: Block = { ms: 0, cpuMs: 0 };

  start(): void {
    this.#longest = { ms: 0, cpuMs: 0 };
    this.#last = this.#sample();
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS);
  }

  stop(): Block {
    this.#look();
    clearInterval(this.#timer);
    return this.#longest;
  }

  #look(): void {
    const last = this.#last;
    const now = this.#sample();
    this.#last = now;
    const ms = now.atMs - last.atMs - SAMPLE_MS - (now.waitedMs - last.waitedMs);
    if (ms > this.#longest.ms) this.#longest = { ms, cpuMs: now.cpuMs - last.cpuMs };
  }

  #sample(): Sample {
    const { user, system } = process.threadCpuUsage();
    return {
      atMs: performance.now(),
      cpuMs: (user + system) / 1000,
      waitedMs: this.#queueTime.ms,
    };
  }
}

/** How long the main thread has waited for a CPU; always 0 where that can't be known. */
class RunQueueTime {
  readonly #buffer = Buffer.alloc(128);
  #file: number | undefined;

  constructor() {
    try {
      this.#file = openSync("/proc/self/schedstat", "r");
    } catch {
      // Not Linux.
    }
  }

  get ms(): number {
    if (this.#file === undefined) return 0;
    const length = readSync(this.#file, this.#buffer, 0, this.#buffer.length, 0);
    const [, waitedNs = "0"] = this.#buffer.toString("latin1", 0, length).split(" ");
    return Number(waitedNs) / NS_PER_MS;
  }
}
