import type { GenericEnvironment } from "./generic-environment.ts";

/** How often at most the heap of an environment is measured; a measurement takes microseconds. */
const HEAP_SAMPLE_MS = 20;

/** Measures what an environment's isolate uses. */
export class IsolateMeter {
  readonly #generic: GenericEnvironment;
  readonly #takeElsewhereMs: () => number;
  #lastCpuNs: bigint;
  #unbilledMs = 0;
  #lastSampleMs = 0;
  #heapBytes = 0;
  #usedHeapBytes = 0;
  #isCut = false;

  /** `takeElsewhereMs` gives what has been used for the environment on other threads since it was last asked. */
  constructor(generic: GenericEnvironment, takeElsewhereMs: () => number) {
    this.#generic = generic;
    this.#takeElsewhereMs = takeElsewhereMs;
    this.#lastCpuNs = generic.cpuNs;
  }

  /** Memory when it was last measured, or 0. */
  get heapBytes(): number {
    return this.#heapBytes;
  }

  /** V8's own heap when it was last measured: buffers that wait for a collection are not in it. */
  get usedHeapBytes(): number {
    return this.#usedHeapBytes;
  }

  /** CPU time since the last call. Of an isolate that is gone none can be read: then `elseMs` counts. */
  runEnded(elseMs: () => number): number {
    const { isolate } = this.#generic;
    let spentMs = this.#takeElsewhereMs();
    if (isolate.isDisposed) spentMs += elseMs();
    else {
      const total = this.#generic.cpuNs;
      spentMs += Number(total - this.#lastCpuNs) / 1e6;
      this.#lastCpuNs = total;
    }
    this.#unbilledMs += spentMs;
    return spentMs;
  }

  /**
   * A run was stopped half way. The isolate is not to be entered again: isolated-vm would then run the microtasks that
   * are left, without any limit, and throw the rejections.
   */
  runCut(): void {
    this.#isCut = true;
  }

  /** CPU time used elsewhere since the last run has ended. */
  takeElsewhereMs(): number {
    const spentMs = this.#takeElsewhereMs();
    this.#unbilledMs += spentMs;
    return spentMs;
  }

  /** CPU time of the runs that have ended since the last call. */
  takeCpuMs(): number {
    const cpuMs = this.#unbilledMs;
    this.#unbilledMs = 0;
    return cpuMs;
  }

  /** Memory in use, or 0 when it has been measured just now or can't be. */
  sampleHeap(always: boolean): number {
    const nowMs = performance.now();
    if (
      this.#isCut ||
      // Its debugger may hold it at any time, and whoever enters it then waits as long.
      this.#generic.isInspected ||
      this.#generic.isolate.isDisposed ||
      (!always && nowMs - this.#lastSampleMs < HEAP_SAMPLE_MS)
    )
      return 0;
    this.#lastSampleMs = nowMs;
    const heap = this.#generic.isolate.getHeapStatisticsSync();
    this.#usedHeapBytes = heap.used_heap_size;
    this.#heapBytes = heap.used_heap_size + heap.externally_allocated_size;
    return this.#heapBytes;
  }
}
