import { readSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import type { SocketConstructorOpts, OnReadOpts } from "node:net";
import type { FrameDecoder, FrameEncoder } from "./frames.ts";
import { Linger } from "./linger.ts";
import type { CellMessage, CellPort, HostMessage } from "./protocol.ts";

/** Bytes read at once. */
const READ_BYTES = 65_536;

/** Bytes that may wait for a host that reads too slowly before the cell takes nothing more from it. */
const UNREAD_LIMIT_BYTES = 67_108_864;

/** Both directions of a cell's stream. */
export interface CellCodec {
  readonly encoder: FrameEncoder<CellMessage>;
  readonly decoder: FrameDecoder<HostMessage>;
}

/** The cell's end of a transport over a stream that its process was started with: a batch is a frame. */
export class ProcessCellPort implements CellPort {
  readonly #file: number;
  readonly #codec: CellCodec;
  readonly #socket: Socket;
  readonly #buffer: Buffer = Buffer.allocUnsafe(READ_BYTES);
  readonly #linger: Linger<Buffer>;
  #receive: (batch: readonly HostMessage[]) => void = () => undefined;

  /** `onGone` is called when the host is gone. */
  constructor(file: number, codec: CellCodec, onGone: () => void) {
    this.#file = file;
    this.#codec = codec;
    this.#linger = new Linger(
      () => this.#poll(),
      (chunk) => this.#take(chunk),
    );
    const callback = (size: number): boolean => this.#read(size);
    // Node's types know `onread` of connections only; the constructor takes it all the same.
    const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
      fd: file,
      readable: true,
      writable: true,
      onread: { buffer: this.#buffer, callback },
    };
    this.#socket = new Socket(options);
    this.#socket.on("drain", () => this.#socket.resume());
    this.#socket.on("error", onGone);
    this.#socket.on("end", onGone);
    this.#socket.on("close", onGone);
  }

  listen(receive: (batch: readonly HostMessage[]) => void): void {
    this.#receive = receive;
    this.#socket.resume();
  }

  post(batch: readonly CellMessage[]): void {
    const frame = this.#codec.encoder.encode(batch);
    const rest = this.#socket.writableLength > 0 ? frame : this.#writeNow(frame);
    if (rest) this.#socket.write(rest);
  }

  /** Past the stream's queue, which is empty; gives what the kernel did not take. */
  #writeNow(frame: Buffer): Buffer | undefined {
    try {
      const written = writeSync(this.#file, frame);
      return written === frame.length ? undefined : frame.subarray(written);
    } catch (error) {
      if (isWouldBlock(error)) return frame;
      throw error;
    }
  }

  #read(size: number): boolean {
    this.#take(this.#buffer.subarray(0, size));
    this.#linger.wait();
    return this.#socket.writableLength < UNREAD_LIMIT_BYTES;
  }

  #take(chunk: Buffer): void {
    this.#codec.decoder.push(chunk, this.#receive);
  }

  /** What is there already. */
  #poll(): Buffer | undefined {
    // Mostly nothing is, which Node tells by an error: without its stack, looking takes a little over half the time.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      const size = readSync(this.#file, this.#buffer);
      // The stream itself finds its end.
      return size > 0 ? this.#buffer.subarray(0, size) : undefined;
    } catch (error) {
      if (isWouldBlock(error)) return undefined;
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }
}

function isWouldBlock(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
