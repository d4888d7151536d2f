/** Removed functions whose last version number is remembered: about a megabyte at most. */
const REMEMBERED_NAMES = 10_000;

/**
 * The last version numbers of removed functions. Lambda gives a function that is made again the next number, never one
 * that was used. Here the last 10 000 removed names are remembered; one removed before those starts at 1 again.
 */
export class RetiredNumbers {
  readonly #lastNumbers = new Map<string, number>();

  put(name: string, lastNumber: number): void {
    this.#lastNumbers.set(name, lastNumber);
    if (this.#lastNumbers.size <= REMEMBERED_NAMES) return;
    // A map keeps the order of insertion: the first key is the oldest.
    const oldest = this.#lastNumbers.keys().next().value;
    if (oldest !== undefined) this.#lastNumbers.delete(oldest);
  }

  /** The last number of `name`, forgotten with this; 0 for a name that never was. */
  take(name: string): number {
    const lastNumber = this.#lastNumbers.get(name) ?? 0;
    this.#lastNumbers.delete(name);
    return lastNumber;
  }
}
