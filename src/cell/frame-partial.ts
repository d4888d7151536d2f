/** Least memory to take for a frame that comes in parts. */
const LEAST_BYTES = 64;

const NOTHING = Buffer.alloc(0);

/**
 * The part of a frame that has come. Holds at most twice what really came, or 64 bytes, whatever length was announced
 * and however small the pieces are.
 */
export class PartialFrame {
  #memory: Buffer = NOTHING;
  #length = 0;

  /** Bytes that have come. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of memory taken for them. */
  get heldBytes(): number {
    return this.#memory.length;
  }

  /** What has come, in memory that may go on behind it. */
  get bytes(): Buffer {
    return this.#memory;
  }

  /** Adds from `chunk`, beginning at `from`, up to `total` bytes in all; gives how many were added. */
  add(chunk: Buffer, from: number, total: number): number {
    const added = Math.min(total - this.#length, chunk.length - from);
    const length = this.#length + added;
    if (length > this.#memory.length) this.#grow(Math.min(total, Math.max(LEAST_BYTES, 2 * length)));
    chunk.copy(this.#memory, this.#length, from, from + added);
    this.#length = length;
    return added;
  }

  clear(): void {
    this.#memory = NOTHING;
    this.#length = 0;
  }

  #grow(size: number): void {
    const memory = Buffer.allocUnsafeSlow(size);
    this.#memory.copy(memory, 0, 0, this.#length);
    this.#memory = memory;
  }
}
