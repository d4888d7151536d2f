/**
 * `zlib.Gzip` and its like: streams over a handle. They are functions and not classes, and keep the names of what they
 * hold, since packages inherit from them by `util.inherits` and reach into them (pngjs, minizlib).
 */
import type { Buffer as NodeBuffer } from "node:buffer";
import type { Transform as NodeTransform } from "node:stream";
import { ZlibHandle } from "../../chunks/zlib/handle.ts";
import type { ZlibCalls } from "../../chunks/zlib/handle.ts";
import { settingsOf } from "./kinds.ts";
import type { Kind } from "./kinds.ts";
import { tooLarge, trailingJunk } from "./one-shot.ts";

type Done = (error?: Error | null) => void;

/** A stream, with the names that Node's own has. */
export interface ZlibStream extends NodeTransform {
  bytesWritten: number;
  _handle: ZlibHandle | null;
  _writeState: Uint32Array;
  _outBuffer: NodeBuffer;
  _outOffset: number;
  _chunkSize: number;
  _defaultFlushFlag: number;
  _finishFlushFlag: number;
  _defaultFullFlushFlag: number;
  _maxOutputLength: number;
  _rejectGarbageAfterEnd: boolean;
  _level: unknown;
  _strategy: unknown;
  _hadError: boolean;
  _failure: Error | undefined;
}

export interface StreamParts {
  readonly calls: ZlibCalls;
  readonly Buffer: typeof NodeBuffer;
  readonly Transform: typeof NodeTransform;
  readonly nextTick: (callback: (...args: never[]) => unknown, ...args: unknown[]) => void;
}

type Chunk = Uint8Array & { readonly [FLUSH]?: number };

/** An empty chunk with this carries a flush through the stream. */
const FLUSH = Symbol("flush");

/** Sets up `stream`, which is being constructed. */
export function begin(stream: ZlibStream, parts: StreamParts, kind: Kind, options: unknown): void {
  const settings = settingsOf(options, kind);
  const state = new Uint32Array(2);
  const handle = new ZlibHandle(parts.calls, kind.name, settings.given, settings.dictionary, state);
  (parts.Transform as unknown as (this: ZlibStream, options: object) => void).call(stream, {
    autoDestroy: true,
    ...(options as object | undefined),
  });
  const { level = -1, strategy = 0 } = settings.given as {
    readonly level?: unknown;
    readonly strategy?: unknown;
  };
  Object.assign(stream, {
    bytesWritten: 0,
    _handle: handle,
    _writeState: state,
    _outBuffer: parts.Buffer.allocUnsafe(settings.chunkSize),
    _outOffset: 0,
    _chunkSize: settings.chunkSize,
    _defaultFlushFlag: settings.flush,
    _finishFlushFlag: settings.finishFlush,
    _defaultFullFlushFlag: settings.fullFlush,
    _maxOutputLength: settings.maxOutputLength,
    _rejectGarbageAfterEnd: settings.rejectGarbageAfterEnd,
    _hadError: false,
    ...(kind.isZlib && { _level: level, _strategy: strategy }),
  });
  handle.onerror = (message, errno, code) => {
    stream._hadError = true;
    const error = Object.assign(new Error(message), { errno, code });
    stream._failure = error;
    stream.destroy(error);
  };
}

/** What all streams do. */
export function methods({ Buffer, nextTick }: StreamParts): Record<string, unknown> {
  const empty = Buffer.alloc(0);

  function close(stream: ZlibStream): void {
    stream._handle?.close();
    stream._handle = null;
  }

  /** One write into the handle; what came of it goes to `take`. False when there is an error. */
  function work(
    stream: ZlibStream,
    flush: number,
    input: Uint8Array,
    from: number,
    take: (piece: NodeBuffer) => void,
  ): boolean {
    const room = stream._chunkSize - stream._outOffset;
    const { _handle: handle, _outBuffer: output, _outOffset: offset, _writeState: state } = stream;
    stream._failure = undefined;
    handle?.writeSync(flush, input, from, input.byteLength - from, output, offset, room);
    if (stream._failure as Error | undefined) return false;
    const [roomLeft = 0] = state;
    stream._outOffset += room - roomLeft;
    if (room > roomLeft) take(output.subarray(offset, stream._outOffset));
    if (stream._outOffset >= stream._chunkSize) {
      stream._outOffset = 0;
      stream._outBuffer = Buffer.allocUnsafe(stream._chunkSize);
    }
    return true;
  }

  function processLater(stream: ZlibStream, chunk: Uint8Array, flush: number, done: Done): void {
    let from = 0;
    const step = (): void => {
      for (;;) {
        if (stream.destroyed || !stream._handle) {
          done();
          return;
        }
        const wants = { more: true };
        if (!work(stream, flush, chunk, from, (piece) => (wants.more = stream.push(piece)))) return;
        const [roomLeft = 0, inputLeft = 0] = stream._writeState;
        stream.bytesWritten += chunk.byteLength - inputLeft - from;
        from = chunk.byteLength - inputLeft;
        if (roomLeft > 0) {
          finish(stream, inputLeft, done);
          return;
        }
        if (wants.more) continue;
        whenRead(stream, step);
        return;
      }
    };
    step();
  }

  /** Goes on when the reader wants more. */
  function whenRead(stream: ZlibStream, step: () => void): void {
    const before = stream._read;
    stream._read = (size) => {
      stream._read = before;
      step();
      stream._read(size);
    };
  }

  /** What follows the end of the compressed data is not read. */
  function finish(stream: ZlibStream, inputLeft: number, done: Done): void {
    if (inputLeft > 0) {
      if (stream._rejectGarbageAfterEnd) {
        stream.destroy(trailingJunk());
        return;
      }
      stream.push(null);
    }
    done();
  }

  function processNow(stream: ZlibStream, chunk: Uint8Array, flush: number): NodeBuffer {
    const pieces: NodeBuffer[] = [];
    let from = 0;
    let total = 0;
    for (;;) {
      const isWell = work(stream, flush, chunk, from, (piece) => {
        pieces.push(piece);
        total += piece.length;
      });
      if (!isWell) throw stream._failure as Error;
      if (total > stream._maxOutputLength) {
        close(stream);
        throw tooLarge(stream._maxOutputLength);
      }
      const [roomLeft = 0, inputLeft = 0] = stream._writeState;
      from = chunk.byteLength - inputLeft;
      if (roomLeft > 0) break;
    }
    stream.bytesWritten = from;
    close(stream);
    return Buffer.concat(pieces);
  }

  function flushChunk(kind: number): Chunk {
    const chunk = Buffer.alloc(0);
    Object.defineProperty(chunk, FLUSH, { value: kind });
    return chunk;
  }

  return {
    _transform(this: ZlibStream, chunk: Chunk, _encoding: string, done: Done) {
      let flush = chunk[FLUSH] ?? this._defaultFlushFlag;
      // The last chunk is to end it as well.
      if (this.writableEnded && this.writableLength === chunk.byteLength)
        flush = Math.max(flush, this._finishFlushFlag);
      processLater(this, chunk, flush, done);
    },
    _flush(this: ZlibStream, done: Done) {
      processLater(this, empty, this._finishFlushFlag, done);
    },
    _processChunk(this: ZlibStream, chunk: Uint8Array, flush: number, done?: Done) {
      if (typeof done !== "function") return processNow(this, chunk, flush);
      processLater(this, chunk, flush, done);
      return undefined;
    },
    flush(this: ZlibStream, kind: unknown, callback?: Done) {
      const [given, done] = typeof kind === "function" ? [undefined, kind as Done] : [kind, callback];
      if (this.writableFinished) {
        if (done) nextTick(done);
      } else if (this.writableEnded) {
        if (done) this.once("end", done);
      } else {
        this.write(
          flushChunk((given as number | undefined) ?? this._defaultFullFlushFlag),
          done ?? (() => undefined),
        );
      }
    },
    params(this: ZlibStream, level: number, strategy: number, callback: Done) {
      if (this._level === level && this._strategy === strategy) {
        nextTick(callback);
        return;
      }
      (this as unknown as { flush(kind: number, done: Done): void }).flush(SYNC_FLUSH, (error) => {
        if (!error && this._handle) {
          this._handle.params(level, strategy);
          Object.assign(this, { _level: level, _strategy: strategy });
        }
        callback(error);
      });
    },
    reset(this: ZlibStream) {
      this._handle?.reset();
    },
    close(this: ZlibStream, callback?: Done) {
      if (callback) {
        if (this.closed) nextTick(callback);
        else this.once("close", callback);
      }
      this.destroy();
    },
    _destroy(this: ZlibStream, error: Error | null, callback: Done) {
      close(this);
      callback(error);
    },
  };
}

const SYNC_FLUSH = 2;
