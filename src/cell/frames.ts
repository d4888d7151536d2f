/**
 * The messages of host and cell as a stream of bytes. A frame is a batch: `u32 bytes that follow | u32 messages |
 * messages`, a message `u8 kind` and its fields by the schema. All numbers are little-endian.
 */
import { checkedLimits, FrameError, MAX_FRAME_MESSAGES } from "./frame-error.ts";
import type { FrameLimits } from "./frame-error.ts";
import { PartialFrame } from "./frame-partial.ts";
import { FrameReader } from "./frame-reader.ts";
import type { FrameSchema } from "./frame-schema.ts";
import { FrameWriter } from "./frame-writer.ts";

export { FrameError } from "./frame-error.ts";
export type { FrameLimits } from "./frame-error.ts";
export { cellToHost, hostToCell } from "./frame-messages.ts";

/** Bytes of a frame's length, which don't count as the frame's. */
const LENGTH_BYTES = 4;

/** Bytes before a frame's first message: its length and how many messages it has. */
const HEADER_BYTES = 8;

/** Fewest bytes of a frame: the count and the kind of one message. */
const LEAST_FRAME_BYTES = 5;

/** Turns batches into frames. */
export class FrameEncoder<M extends readonly [number, ...unknown[]]> {
  readonly #schema: FrameSchema<M>;
  readonly #maxFrameBytes: number;
  readonly #writer: FrameWriter;
  /** Where in the writer the frame under way begins. */
  #frame = 0;
  #messages = 0;

  /** @throws RangeError when a limit is out of its range. */
  constructor(schema: FrameSchema<M>, limits: FrameLimits) {
    const { maxFrameBytes, maxTextBytes } = checkedLimits(limits);
    this.#schema = schema;
    this.#maxFrameBytes = maxFrameBytes;
    this.#writer = new FrameWriter(maxTextBytes);
  }

  /**
   * One frame, or several in a row where the batch is over `maxFrameBytes` or 65 536 messages; nothing for an empty
   * batch. The bytes are never written again. Lone surrogates become U+FFFD.
   * @throws FrameError when a message can't be sent within the limits or is not as the schema says; the other messages
   * of the batch are not encoded either, and the encoder can go on with other batches.
   */
  encode(batch: readonly M[]): Buffer {
    try {
      if (batch.length > 0) this.#begin(0);
      for (const message of batch) this.#add(message);
      if (batch.length > 0) this.#finish(this.#writer.length);
      return this.#writer.take();
    } catch (error) {
      this.#writer.discard();
      throw error;
    }
  }

  /** Begins a frame before what stands at `offset`. */
  #begin(offset: number): void {
    this.#frame = offset;
    this.#messages = 0;
    this.#writer.insert(offset, HEADER_BYTES);
  }

  #finish(end: number): void {
    this.#writer.setInteger(this.#frame, end - this.#frame - LENGTH_BYTES);
    this.#writer.setInteger(this.#frame + LENGTH_BYTES, this.#messages);
  }

  #add(message: M): void {
    const from = this.#writer.length;
    this.#write(message);
    if (this.#messages > 0 && this.#isFull()) {
      this.#finish(from);
      this.#begin(from);
    }
    this.#messages++;
    if (this.#frameBytes() > this.#maxFrameBytes)
      throw new FrameError(
        `a message takes a frame of ${this.#frameBytes()} bytes, over maxFrameBytes of ${this.#maxFrameBytes}`,
      );
  }

  #write(message: M): void {
    const kind = message[0];
    const fields = this.#schema.byKind[kind];
    if (!fields) throw new FrameError(`no message of kind ${kind} is sent in this direction`);
    this.#writer.byte(kind);
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index];
      if (field) this.#writer.value(field, message[index + 1]);
    }
  }

  #isFull(): boolean {
    return this.#messages === MAX_FRAME_MESSAGES || this.#frameBytes() > this.#maxFrameBytes;
  }

  #frameBytes(): number {
    return this.#writer.length - this.#frame - LENGTH_BYTES;
  }
}

/** Turns a stream of bytes, which may come from an enemy, into batches. */
export class FrameDecoder<M extends readonly [number, ...unknown[]]> {
  readonly #schema: FrameSchema<M>;
  readonly #maxFrameBytes: number;
  readonly #reader: FrameReader;
  readonly #partial = new PartialFrame();
  /** Why nothing more is taken. */
  #ended: string | undefined;

  /** @throws RangeError when a limit is out of its range. */
  constructor(schema: FrameSchema<M>, limits: FrameLimits) {
    const { maxFrameBytes, maxTextBytes } = checkedLimits(limits);
    this.#schema = schema;
    this.#maxFrameBytes = maxFrameBytes;
    this.#reader = new FrameReader(maxTextBytes);
  }

  /** Bytes of memory held for a frame that has come in part: at most twice what came of it, or 64. */
  get heldBytes(): number {
    return this.#partial.heldBytes;
  }

  /**
   * Takes the next bytes of the stream and hands over the batches they complete, in order. Keeps no reference to
   * `chunk`. Not to be called from `receive`.
   * @throws FrameError when the bytes are not as the schema and the limits say, and on every call after that or after
   * `receive` has thrown; else only what `receive` throws.
   */
  push(chunk: Buffer, receive: (batch: M[]) => void): void {
    if (this.#ended !== undefined) throw new FrameError(`the stream of frames has ended: ${this.#ended}`);
    this.#ended = "a batch of it was being received, or could not be";
    try {
      this.#read(chunk, receive);
      this.#ended = undefined;
    } catch (error) {
      if (error instanceof FrameError) this.#ended = error.message;
      this.#partial.clear();
      throw error;
    } finally {
      this.#reader.close();
    }
  }

  #read(chunk: Buffer, receive: (batch: M[]) => void): void {
    let at = this.#partial.length > 0 ? this.#complete(chunk, receive) : 0;
    let size = LENGTH_BYTES;
    while (chunk.length - at >= LENGTH_BYTES) {
      size = LENGTH_BYTES + this.#frameLength(chunk, at);
      if (size > chunk.length - at) break;
      receive(this.#batch(chunk, at + LENGTH_BYTES, at + size));
      at += size;
      size = LENGTH_BYTES;
    }
    if (at < chunk.length) this.#partial.add(chunk, at, size);
  }

  /** Goes on with the frame that has come in part; gives how much of the chunk belonged to it. */
  #complete(chunk: Buffer, receive: (batch: M[]) => void): number {
    const partial = this.#partial;
    let at = partial.length < LENGTH_BYTES ? partial.add(chunk, 0, LENGTH_BYTES) : 0;
    if (partial.length < LENGTH_BYTES) return at;
    const size = LENGTH_BYTES + this.#frameLength(partial.bytes, 0);
    at += partial.add(chunk, at, size);
    if (partial.length < size) return at;
    const { bytes } = partial;
    partial.clear();
    receive(this.#batch(bytes, LENGTH_BYTES, size));
    return at;
  }

  #frameLength(bytes: Buffer, at: number): number {
    const length = bytes.readUInt32LE(at);
    if (length > this.#maxFrameBytes)
      throw new FrameError(`a frame of ${length} bytes is over maxFrameBytes of ${this.#maxFrameBytes}`);
    if (length < LEAST_FRAME_BYTES)
      throw new FrameError(`a frame of ${length} bytes is under the least of ${LEAST_FRAME_BYTES}`);
    return length;
  }

  #batch(bytes: Buffer, start: number, end: number): M[] {
    const reader = this.#reader;
    reader.open(bytes, start, end);
    const count = reader.integer(0xffff_ffff);
    if (count === 0 || count > MAX_FRAME_MESSAGES)
      throw new FrameError(`a frame says it has ${count} messages; allowed: 1 to ${MAX_FRAME_MESSAGES}`);
    const batch: M[] = [];
    // Grows as messages are read, not by the count.
    for (let index = 0; index < count; index++) batch.push(this.#message());
    reader.finish();
    return batch;
  }

  #message(): M {
    const kind = this.#reader.byte();
    const fields = this.#schema.byKind[kind];
    if (!fields) throw new FrameError(`a message of the unknown kind ${kind}`);
    const message = new Array<unknown>(fields.length + 1);
    message[0] = kind;
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index];
      if (field) message[index + 1] = this.#reader.value(field);
    }
    // The schema's type says that these fields make this message.
    return message as unknown as M;
  }
}
