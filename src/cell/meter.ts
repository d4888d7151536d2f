import type { GenericEnvironment } from "./generic-environment.ts";

/** How often at most the heap of an environment is measured; a measurement takes microseconds. */
const HEAP_SAMPLE_MS = 20;

/** Measures what an environment's isolate uses. */
export class IsolateMeter {
  readonly #generic: GenericEnvironment;
  #lastCpuNs: bigint;
  #lastSampleMs = 0;

  constructor(generic: GenericEnvironment) {
    this.#generic = generic;
    this.#lastCpuNs = generic.isolate.cpuTime;
  }

  /** CPU time since the last call; undefined when the isolate is gone. */
  takeCpuMs(): number | undefined {
    if (this.#generic.isolate.isDisposed) return undefined;
    const total = this.#generic.isolate.cpuTime;
    const spent = total - this.#lastCpuNs;
    this.#lastCpuNs = total;
    return Number(spent) / 1e6;
  }

  /** Heap in use, or 0 when it has been measured just now or can't be. */
  sampleHeap(always: boolean): number {
    const nowMs = performance.now();
    if (this.#generic.isolate.isDisposed || (!always && nowMs - this.#lastSampleMs < HEAP_SAMPLE_MS))
      return 0;
    this.#lastSampleMs = nowMs;
    const heap = this.#generic.isolate.getHeapStatisticsSync();
    return heap.used_heap_size + heap.externally_allocated_size;
  }
}
