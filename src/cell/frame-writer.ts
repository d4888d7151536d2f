import { FrameError } from "./frame-error.ts";
import { Layout, NO_BYTES } from "./frame-schema.ts";
import type { FieldSpec } from "./frame-schema.ts";

/** Memory is taken in pieces of this size; what needs more gets a piece of its own, which is not kept. */
const PIECE_BYTES = 65_536;

/** Room left behind what outgrew a piece, for the small fields that follow. */
const SLACK_BYTES = 1_024;

/** Texts up to this many UTF-16 units are written without being measured first. */
const SHORT_TEXT = 1_024;

const NOTHING = Buffer.alloc(0);

/** Lays values out one after another. What has been taken is never written again, so it needs no copy. */
export class FrameWriter {
  readonly #maxTextBytes: number;
  #memory: Buffer = NOTHING;
  /** Where what has not been taken begins. */
  #start = 0;
  #at = 0;

  constructor(maxTextBytes: number) {
    this.#maxTextBytes = maxTextBytes;
  }

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.#at - this.#start;
  }

  /** Gives what was written since the last time. */
  take(): Buffer {
    const taken = this.#memory.subarray(this.#start, this.#at);
    this.#start = this.#at;
    this.#dropLarge();
    return taken;
  }

  /** Forgets what was written since the last `take`. */
  discard(): void {
    this.#at = this.#start;
    this.#dropLarge();
  }

  /** Makes room at `offset`, counted from the last `take`; what stood there moves on. */
  insert(offset: number, bytes: number): void {
    this.#reserve(bytes);
    const from = this.#start + offset;
    this.#memory.copyWithin(from + bytes, from, this.#at);
    this.#at += bytes;
  }

  /** Overwrites four bytes at `offset`, counted from the last `take`. */
  setInteger(offset: number, value: number): void {
    this.#memory.writeUInt32LE(value, this.#start + offset);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#memory[this.#at++] = value;
  }

  /** @throws FrameError when the field can't carry the value. */
  value(spec: FieldSpec, value: unknown): void {
    switch (spec.layout) {
      case Layout.Integer:
        return this.#integer(spec.max, value);
      case Layout.Measure:
        return this.#measure(value);
      case Layout.Text:
        return this.#text(value);
      case Layout.Choice:
        return this.#choice(spec.choices, value);
      case Layout.Bytes:
        return this.#bytes(value);
      case Layout.Record:
        return this.#record(spec, value);
    }
  }

  #integer(max: number, value: unknown): void {
    if (typeof value !== "number" || value >>> 0 !== value || value > max)
      throw new FrameError(`${String(value)} is not a whole number from 0 to ${max}`);
    this.#reserve(4);
    this.#at = this.#memory.writeUInt32LE(value, this.#at);
  }

  #measure(value: unknown): void {
    if (typeof value !== "number" || !(value >= 0 && value < Infinity))
      throw new FrameError(`${String(value)} is not a finite number of at least 0`);
    this.#reserve(8);
    this.#at = this.#memory.writeDoubleLE(value, this.#at);
  }

  #text(value: unknown): void {
    if (typeof value !== "string") throw new FrameError(`a ${typeof value} stands where a text belongs`);
    const isShort = value.length <= SHORT_TEXT;
    const room = isShort ? value.length * 3 : this.#checkedText(Buffer.byteLength(value));
    this.#reserve(4 + room);
    const from = this.#at + 4;
    const written = this.#memory.write(value, from, room, "utf8");
    if (isShort) this.#checkedText(written);
    this.#memory.writeUInt32LE(written, this.#at);
    this.#at = from + written;
  }

  #checkedText(bytes: number): number {
    if (bytes > this.#maxTextBytes)
      throw new FrameError(`a text of ${bytes} bytes is over maxTextBytes of ${this.#maxTextBytes}`);
    return bytes;
  }

  #choice(choices: readonly unknown[], value: unknown): void {
    const index = choices.indexOf(value);
    if (index < 0) throw new FrameError(`${String(value)} is not one of ${choices.join(", ")}`);
    this.byte(index);
  }

  #bytes(value: unknown): void {
    if (value === undefined) return this.#integer(NO_BYTES, NO_BYTES);
    if (!(value instanceof Uint8Array)) throw new FrameError(`a ${typeof value} stands where bytes belong`);
    this.#reserve(4 + value.length);
    this.#memory.writeUInt32LE(value.length, this.#at);
    this.#memory.set(value, this.#at + 4);
    this.#at += 4 + value.length;
  }

  #record(spec: FieldSpec, value: unknown): void {
    if (typeof value !== "object" || value === null)
      throw new FrameError(`a ${typeof value} stands where an object belongs`);
    const properties = value as Readonly<Record<string, unknown>>;
    spec.fields.forEach((field, index) => this.value(field, properties[spec.names[index] ?? ""]));
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes > this.#memory.length) this.#grow(bytes);
  }

  #grow(bytes: number): void {
    const { length } = this;
    const size = Math.max(PIECE_BYTES, 2 * length, length + bytes + SLACK_BYTES);
    // Not from Node's pool: it would keep what others put there alive.
    const memory = Buffer.allocUnsafeSlow(size);
    this.#memory.copy(memory, 0, this.#start, this.#at);
    this.#memory = memory;
    this.#start = 0;
    this.#at = length;
  }

  #dropLarge(): void {
    if (this.#memory.length <= PIECE_BYTES) return;
    this.#memory = NOTHING;
    this.#start = 0;
    this.#at = 0;
  }
}
