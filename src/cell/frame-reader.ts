import { FrameError } from "./frame-error.ts";
import { Layout, NO_BYTES } from "./frame-schema.ts";
import type { FieldSpec } from "./frame-schema.ts";

const NOTHING = Buffer.alloc(0);

/** Reads values from the bytes of one frame, which may be anything. All it throws is FrameError. */
export class FrameReader {
  readonly #maxTextBytes: number;
  #frame: Buffer = NOTHING;
  #at = 0;
  #end = 0;

  constructor(maxTextBytes: number) {
    this.#maxTextBytes = maxTextBytes;
  }

  /** Reads from `start` to `end` of `frame` from now on. */
  open(frame: Buffer, start: number, end: number): void {
    this.#frame = frame;
    this.#at = start;
    this.#end = end;
  }

  /** Lets go of the frame. */
  close(): void {
    this.#frame = NOTHING;
    this.#end = this.#at;
  }

  /** Checks that nothing is left to read. */
  finish(): void {
    const surplus = this.#end - this.#at;
    if (surplus > 0) throw new FrameError(`a frame goes on for ${surplus} bytes after its last message`);
  }

  byte(): number {
    const at = this.#advance(1);
    return this.#frame.readUInt8(at);
  }

  /** An unsigned integer up to `max`. */
  integer(max: number): number {
    const at = this.#advance(4);
    const value = this.#frame.readUInt32LE(at);
    if (value > max) throw new FrameError(`the number ${value} is over its limit of ${max}`);
    return value;
  }

  value(spec: FieldSpec): unknown {
    switch (spec.layout) {
      case Layout.Integer:
        return this.integer(spec.max);
      case Layout.Measure:
        return this.#measure();
      case Layout.Text:
        return this.#text();
      case Layout.Choice:
        return this.#choice(spec.choices);
      case Layout.Bytes:
        return this.#bytes();
      case Layout.Record:
        return this.#record(spec);
    }
  }

  #measure(): number {
    const at = this.#advance(8);
    const value = this.#frame.readDoubleLE(at);
    if (!(value >= 0 && value < Infinity))
      throw new FrameError(`the number ${value} is not finite and at least 0`);
    return value;
  }

  #text(): string {
    const bytes = this.integer(NO_BYTES);
    if (bytes > this.#maxTextBytes)
      throw new FrameError(`a text of ${bytes} bytes is over maxTextBytes of ${this.#maxTextBytes}`);
    const at = this.#advance(bytes);
    return bytes === 0 ? "" : this.#frame.toString("utf8", at, at + bytes);
  }

  #choice(choices: readonly unknown[]): unknown {
    const index = this.byte();
    if (index >= choices.length)
      throw new FrameError(`${index} stands where one of ${choices.length} choices belongs`);
    return choices[index];
  }

  /** A copy: a view would keep the whole chunk alive. */
  #bytes(): Uint8Array | undefined {
    const bytes = this.integer(NO_BYTES);
    if (bytes === NO_BYTES) return undefined;
    const at = this.#advance(bytes);
    return new Uint8Array(this.#frame.subarray(at, at + bytes));
  }

  #record(spec: FieldSpec): object {
    const properties: Record<string, unknown> = {};
    spec.fields.forEach((field, index) => {
      properties[spec.names[index] ?? ""] = this.value(field);
    });
    return properties;
  }

  /** Where the next `bytes` begin. */
  #advance(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#end - at)
      throw new FrameError(`a frame ends ${bytes - (this.#end - at)} bytes before its message does`);
    this.#at = at + bytes;
    return at;
  }
}
