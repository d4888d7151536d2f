/** `fs.ReadStream` and `fs.WriteStream`, after Node's own: functions, as packages call them without `new`. */
import { finished, Readable, Writable } from "node:stream";
import { nodeError, outOfRange } from "../shared/errors.ts";
import { requireBoolean, requireFunction, requireInteger } from "../shared/validate.ts";
import { filesOf, type FileStreamOptions, optionsOf, type StreamFs } from "./stream-files.ts";

type Callback = (error?: Error | null) => void;

interface Common {
  fd: number | null;
  path: unknown;
  flags: unknown;
  mode: unknown;
  start: number | undefined;
  pos: number | undefined;
  flush?: boolean;
  open(): void;
  close(): void;
  [FILES]: StreamFs;
  [IS_BUSY]: boolean;
}

type FileReader = Readable & Common & { end: number; bytesRead: number };
type FileWriter = Writable & Common & { bytesWritten: number };
type Base = (this: object, options: object) => void;

const FILES: unique symbol = Symbol("files");
const IS_BUSY: unique symbol = Symbol("isBusy");
const IO_DONE = Symbol("ioDone");
const READ_BYTES = 64 * 1024;

export interface StreamClasses {
  readonly ReadStream: (path: unknown, options?: unknown) => Readable;
  readonly WriteStream: (path: unknown, options?: unknown) => Writable;
}

type PathCheck = (path: unknown) => unknown;

/** `fs` may be replaced by the user's methods at any time, as Node's may. */
export function streamClasses(fs: StreamFs, pathOf: PathCheck): StreamClasses {
  function ReadStream(this: FileReader, path: unknown, given?: unknown): unknown {
    if (!(this instanceof (ReadStream as never))) return make(ReadStream, path, given);
    const options = { highWaterMark: READ_BYTES, ...withoutUndefined(optionsOf(given)) };
    setUp(this, fs, pathOf, path, options, "r");
    requireFunction(this[FILES].read, "options.fs.read");
    this.end = endOf(options, this.start);
    this.bytesRead = 0;
    (Readable as unknown as Base).call(this, { ...options, autoDestroy: options.autoClose ?? true });
    return undefined;
  }
  function WriteStream(this: FileWriter, path: unknown, given?: unknown): unknown {
    if (!(this instanceof (WriteStream as never))) return make(WriteStream, path, given);
    const options = optionsOf(given);
    setUp(this, fs, pathOf, path, options, "w");
    setUpWriting(this, options);
    const autoDestroy = options.autoClose ?? true;
    (Writable as unknown as Base).call(this, { ...options, decodeStrings: true, autoDestroy });
    if (options.encoding) this.setDefaultEncoding(options.encoding as BufferEncoding);
    return undefined;
  }
  inherit(ReadStream, Readable, "_readableState", readMethods);
  inherit(WriteStream, Writable, "_writableState", writeMethods);
  return { ReadStream, WriteStream } as unknown as StreamClasses;
}

function make(Stream: unknown, ...args: unknown[]): unknown {
  return Reflect.construct(Stream as new () => unknown, args);
}

function withoutUndefined(options: FileStreamOptions): FileStreamOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function inherit(Stream: object, Base: object, state: string, methods: object): void {
  const { prototype } = Stream as { prototype: object };
  Object.setPrototypeOf(prototype, (Base as { prototype: object }).prototype);
  Object.setPrototypeOf(Stream, Base);
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(methods));
  Object.defineProperties(prototype, {
    autoClose: {
      get(this: Record<string, { autoDestroy: boolean }>) {
        return stateOf(this, state).autoDestroy;
      },
      set(this: Record<string, { autoDestroy: boolean }>, value: boolean) {
        stateOf(this, state).autoDestroy = value;
      },
      configurable: true,
    },
    pending: {
      get(this: Common) {
        return this.fd === null;
      },
      configurable: true,
    },
  });
}

function stateOf<T>(stream: Record<string, T>, name: string): T {
  const state = stream[name];
  if (state) return state;
  throw nodeError(TypeError, "ERR_INVALID_THIS", 'Value of "this" must be of type stream');
}

function setUp(
  stream: FileReader | FileWriter,
  fs: StreamFs,
  pathOf: PathCheck,
  path: unknown,
  options: FileStreamOptions,
  flags: string,
): void {
  const [files, fd] = filesOf(fs, options, () => stream.close());
  stream.fd = fd;
  stream[FILES] = files;
  if (fd === null) {
    stream.path = pathOf(path);
    stream.flags = options.flags ?? flags;
    stream.mode = options.mode ?? 0o666;
  }
  if (options.autoClose ?? true) requireFunction(files.close, "options.fs.close");
  stream[IS_BUSY] = false;
  const { start } = options;
  if (start !== undefined) requireInteger(start, "start", 0);
  stream.start = start;
  stream.pos = start;
}

function endOf({ end }: FileStreamOptions, start: number | undefined): number {
  if (end === undefined || end === Infinity) return Infinity;
  requireInteger(end, "end", 0);
  if (start !== undefined && start > end) throw outOfRange("start", `<= "end" (here: ${end})`, start);
  return end;
}

function setUpWriting(stream: FileWriter, options: FileStreamOptions): void {
  const { write, writev, fsync } = stream[FILES];
  if (!write && !writev) requireFunction(write, "options.fs.write");
  if (write) requireFunction(write, "options.fs.write");
  if (writev) requireFunction(writev, "options.fs.writev");
  const flush = options.flush ?? false;
  requireBoolean(flush, "options.flush");
  if (options.flush != null) requireFunction(fsync, "options.fs.fsync");
  stream.flush = flush;
  if (!write) stream._write = null as never;
  if (!writev) Reflect.set(stream, "_writev", null);
  stream.bytesWritten = 0;
}

function noOpen(): void {
  // There to be replaced, which Node deprecates.
}

function construct(this: (FileReader | FileWriter) & { emit: Callback }, callback: Callback): void {
  if (typeof this.fd === "number") return callback();
  if (this.open !== noOpen) return openByOwn(this, callback);
  this[FILES].open(this.path, this.flags, this.mode, (error: Error | null, fd: number) => {
    if (error) {
      callback(error);
      return;
    }
    this.fd = fd;
    callback();
    // What listeners write comes after what was written before, which is put two ticks from here.
    process.nextTick(process.nextTick, () => {
      this.emit("open" as never, fd as never);
      this.emit("ready" as never);
    });
  });
}

/** A method `open` of the user's tells by an event what came of it. */
function openByOwn(stream: FileReader | FileWriter, callback: Callback): void {
  const { emit } = stream;
  const tell = (...args: Parameters<typeof emit>): boolean => Reflect.apply(emit, stream, args);
  stream.emit = (...args: Parameters<typeof emit>) => {
    if (args[0] !== "open" && args[0] !== "error") return tell(...args);
    stream.emit = emit;
    if (args[0] === "error") callback(args[1] as Error);
    else {
      callback();
      tell(...args);
    }
    return true;
  };
  stream.open();
}

function destroy(this: FileReader | FileWriter, error: Error | null, callback: Callback): void {
  if (!this[IS_BUSY]) return close(this, error, callback);
  this.once(IO_DONE, (failure?: Error) => close(this, error ?? failure ?? null, callback));
}

function close(stream: FileReader | FileWriter, error: Error | null, callback: Callback): void {
  const { fd } = stream;
  if (!fd) return callback(error);
  const end = (failure?: Error | null): void => {
    stream[FILES].close(fd, (own: Error | null) => callback(own ?? failure));
    stream.fd = null;
  };
  if (stream.flush) stream[FILES].fsync?.(fd, (own: Error | null) => end(error ?? own));
  else end(error);
}

const readMethods = {
  open: noOpen,
  _construct: construct,
  _destroy: destroy,
  _read(this: FileReader, size: number): void {
    const done = this.pos ?? this.bytesRead;
    const length = Math.min(this.end - done + 1, size);
    if (length <= 0) return void this.push(null);
    this[IS_BUSY] = true;
    const buffer = Buffer.allocUnsafeSlow(length);
    const read = (error: Error | null, count: number, data: Buffer): void => {
      this[IS_BUSY] = false;
      if (this.destroyed) return void this.emit(IO_DONE, error);
      if (error) return void this.destroy(error);
      if (this.pos !== undefined) this.pos += count;
      this.bytesRead += count;
      // A copy, so that a small piece doesn't hold a large buffer.
      this.push(count === 0 ? null : count === data.length ? data : Buffer.from(data.subarray(0, count)));
    };
    this[FILES].read?.(this.fd, buffer, 0, length, this.pos, read);
  },
  close(this: FileReader, callback?: unknown): void {
    if (typeof callback === "function") finished(this, callback as Callback);
    this.destroy();
  },
};

/** Most tries that write nothing. */
const MOST_TRIES = 5;

function writeAll(
  stream: FileWriter,
  chunks: readonly Buffer[],
  position: number | undefined,
  callback: Callback,
  tries = 0,
): void {
  const [first] = chunks;
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const written = (error: (Error & { code?: string }) | null, count = 0): void => {
    const failure = error?.code === "EAGAIN" ? null : error;
    if (failure) return callback(failure);
    if (stream.destroyed) return callback(destroyed());
    const bytes = error ? 0 : count;
    stream.bytesWritten += bytes;
    const failed = bytes > 0 ? 0 : tries + 1;
    if (bytes >= size) callback();
    else if (failed > MOST_TRIES) callback(nodeError(Error, "ERR_SYSTEM_ERROR", "write failed"));
    else {
      const rest = Buffer.concat(chunks).subarray(bytes);
      writeAll(stream, [rest], position === undefined ? undefined : position + bytes, callback, failed);
    }
  };
  const { write, writev } = stream[FILES];
  if (first && chunks.length === 1 && write) write(stream.fd, first, 0, size, position, written);
  else writev?.(stream.fd, chunks, position, written);
}

function destroyed(): Error {
  return nodeError(Error, "ERR_STREAM_DESTROYED", "Cannot call write after a stream was destroyed");
}

function put(stream: FileWriter, chunks: readonly Buffer[], callback: Callback): void {
  stream[IS_BUSY] = true;
  writeAll(stream, chunks, stream.pos, (error) => {
    stream[IS_BUSY] = false;
    callback(error);
    if (stream.destroyed) stream.emit(IO_DONE, error);
  });
  if (stream.pos !== undefined) stream.pos += chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

const writeMethods = {
  open: noOpen,
  _construct: construct,
  _destroy: destroy,
  _write(this: FileWriter, data: Buffer, _encoding: string, callback: Callback): void {
    put(this, [data], callback);
  },
  _writev(this: FileWriter, list: readonly { chunk: Buffer }[], callback: Callback): void {
    put(
      this,
      list.map(({ chunk }) => chunk),
      callback,
    );
  },
  close(this: FileWriter & { autoClose: boolean }, callback?: () => void): void {
    if (callback) {
      if (this.closed) return process.nextTick(callback);
      this.on("close", callback);
    }
    if (!this.autoClose) this.on("finish", () => this.destroy());
    this.end();
  },
  destroySoon: Writable.prototype.end,
};
