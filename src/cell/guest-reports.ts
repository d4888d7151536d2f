import type { EnvironmentHome } from "./environment-home.ts";
import type { GenericEnvironment } from "./generic-environment.ts";
import type { IsolateMeter } from "./meter.ts";
import { ToHost } from "./protocol.ts";
import type { Runs } from "./runs.ts";

/** Share of its memory limit, in bytes of each MB, beyond which an environment is not used again. */
const SOFT_BYTES_PER_MB = 0.9 * 1_048_576;

/** What an environment says of itself to its host and to its cell. */
export class GuestReports {
  readonly #id: number;
  readonly #home: EnvironmentHome;
  readonly #generic: GenericEnvironment;
  readonly #runs: Runs;
  readonly #meter: IsolateMeter;
  #isWaiting = false;

  constructor(
    id: number,
    home: EnvironmentHome,
    { generic, runs, meter }: { generic: GenericEnvironment; runs: Runs; meter: IsolateMeter },
  ) {
    this.#id = id;
    this.#home = home;
    this.#generic = generic;
    this.#runs = runs;
    this.#meter = meter;
  }

  /** Answers what has finished; whether its heap turns out to be nearly full. */
  answer(): boolean {
    let isNearlyFull = false;
    for (const { number, running, outcome, text, endMs, kill } of this.#runs.takeFinished()) {
      const { startedMs, cpuMs, waited } = running;
      const durationMs = endMs - startedMs;
      const heap = this.#meter.sampleHeap(false);
      if (heap > 0) isNearlyFull ||= this.#meter.usedHeapBytes > this.#generic.memoryMb * SOFT_BYTES_PER_MB;
      this.#home.send([ToHost.Done, this.#id, number, outcome, text, durationMs, cpuMs, heap, waited, kill]);
    }
    return isNearlyFull;
  }

  /** Whether anything of it goes on by timers. */
  waits(isWaiting: boolean): void {
    if (isWaiting === this.#isWaiting) return;
    this.#isWaiting = isWaiting;
    this.#home.waits(isWaiting ? 1 : -1);
  }
}
