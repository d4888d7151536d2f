/** `perf_hooks.createHistogram`: counts of values, by their three leading digits. */
import { requireInteger, requireNumber } from "../shared/validate.ts";

const DIGITS = 3;

/** What `value` counts as: a bounded number of different values is kept. */
function rounded(value: number): number {
  if (value < 10 ** DIGITS) return value;
  const scale = 10 ** (Math.floor(Math.log10(value)) - DIGITS + 1);
  return Math.floor(value / scale) * scale;
}

/** As what Node gives where nothing has been counted. */
const EMPTY_MINIMUM = 9_223_372_036_854_776_000;

export class Histogram {
  readonly counts: Map<number, number> = new Map<number, number>();
  #least = EMPTY_MINIMUM;
  #most = 0;
  #sum = 0;
  #squares = 0;
  count: number = 0;
  exceeds: number = 0;

  get min(): number {
    return this.#least;
  }
  get max(): number {
    return this.#most;
  }
  get mean(): number {
    return this.count === 0 ? NaN : this.#sum / this.count;
  }
  get stddev(): number {
    return this.count === 0 ? NaN : Math.sqrt(Math.max(0, this.#squares / this.count - this.mean ** 2));
  }
  get countBigInt(): bigint {
    return BigInt(this.count);
  }
  get minBigInt(): bigint {
    return BigInt(this.#least);
  }
  get maxBigInt(): bigint {
    return BigInt(this.#most);
  }
  get exceedsBigInt(): bigint {
    return BigInt(this.exceeds);
  }
  get percentiles(): Map<number, number> {
    return new Map([0, 50, 75, 87.5, 93.75, 96.875, 98.4375, 100].map((at) => [at, this.percentile(at)]));
  }
  get percentilesBigInt(): Map<number, bigint> {
    return new Map([...this.percentiles].map(([at, value]) => [at, BigInt(value)]));
  }

  percentile(at: unknown): number {
    requireNumber(at, "percentile", 0, 100);
    const wanted = Math.max(1, Math.ceil((at / 100) * this.count));
    let seen = 0;
    for (const [value, count] of [...this.counts].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= wanted) return at === 100 ? this.#most : value;
    }
    return 0;
  }

  percentileBigInt(at: unknown): bigint {
    return BigInt(this.percentile(at));
  }

  reset(): void {
    this.counts.clear();
    this.#least = EMPTY_MINIMUM;
    this.#most = this.#sum = this.#squares = this.count = this.exceeds = 0;
  }

  protected take(value: number, times: number = 1): void {
    const key = rounded(value);
    this.counts.set(key, (this.counts.get(key) ?? 0) + times);
    this.#least = Math.min(this.#least, value);
    this.#most = Math.max(this.#most, value);
    this.#sum += value * times;
    this.#squares += value ** 2 * times;
    this.count += times;
  }
}

export class RecordableHistogram extends Histogram {
  #last: number | undefined;

  record(value: unknown): void {
    const number = typeof value === "bigint" ? Number(value) : value;
    requireInteger(number, "val", 1);
    this.take(number);
  }

  recordDelta(): void {
    const nowNs = Math.round(performance.now() * 1e6);
    if (this.#last !== undefined) this.take(Math.max(1, nowNs - this.#last));
    this.#last = nowNs;
  }

  add(other: Histogram): void {
    for (const [value, count] of other.counts) this.take(value, count);
  }
}

/** The engine's loop is not the function's to measure: nothing is ever counted. */
export class EventLoopDelay extends Histogram {
  #enabled = false;

  enable(): boolean {
    if (this.#enabled) return false;
    this.#enabled = true;
    return true;
  }

  disable(): boolean {
    if (!this.#enabled) return false;
    this.#enabled = false;
    return true;
  }
}
