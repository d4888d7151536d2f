/** Node's streams as the web's, and the other way round. */
import type { Duplex, Readable, Writable } from "node:stream";
import type { ReadableStream as WebReadable, WritableStream as WebWritable } from "node:stream/web";
import { AbortError, invalidArgType } from "../shared/errors.ts";
import type { StreamModule } from "./types.ts";

type Done = (error?: Error | null) => void;

interface Pair {
  readonly readable: WebReadable;
  readonly writable: WebWritable;
}

interface ReadableOptions {
  readonly strategy?: QueuingStrategy;
  readonly type?: "bytes";
}

export function addWebStreams(stream: StreamModule): void {
  const { Readable, Writable, Duplex } = stream;
  Readable.fromWeb = (web: unknown, options: object = {}) =>
    new Readable({ ...options, ...readPart(requireReadable(web)) });
  Readable.toWeb = (readable: Readable, options: ReadableOptions = {}) =>
    webReadable(stream, readable, options);
  Writable.fromWeb = (web: unknown, options: object = {}) =>
    new Writable({ ...options, ...writePart(requireWritable(web)) });
  Writable.toWeb = (writable: Writable) => webWritable(stream, writable);
  Duplex.fromWeb = (pair: unknown, options: object = {}) => new Duplex({ ...options, ...duplexPart(pair) });
  Duplex.toWeb = (duplex: Duplex): Pair => ({
    readable: webReadable(stream, duplex, {}),
    writable: webWritable(stream, duplex),
  });
}

function requireReadable(web: unknown): WebReadable {
  if (typeof (web as Partial<WebReadable> | null)?.getReader === "function") return web as WebReadable;
  throw invalidArgType("readableStream", "ReadableStream", web);
}

function requireWritable(web: unknown): WebWritable {
  if (typeof (web as Partial<WebWritable> | null)?.getWriter === "function") return web as WebWritable;
  throw invalidArgType("writableStream", "WritableStream", web);
}

interface ReadPart {
  read(this: Readable): void;
  destroy(error: Error | null, done: Done): void;
}

function readPart(web: WebReadable): ReadPart {
  const reader = web.getReader();
  let ended = false;
  return {
    read() {
      reader.read().then(
        ({ done, value }) => {
          ended ||= done;
          this.push(done ? null : value);
        },
        (error: unknown) => {
          ended = true;
          this.destroy(error as Error);
        },
      );
    },
    destroy(error, done) {
      const finish = (): void => process.nextTick(done, error);
      if (ended) finish();
      else reader.cancel(error).then(finish, finish);
    },
  };
}

interface WritePart {
  write(chunk: unknown, encoding: string, done: Done): void;
  final(done: Done): void;
  destroy(error: Error | null, done: Done): void;
}

function writePart(web: WebWritable): WritePart {
  const writer = web.getWriter();
  let closed = false;
  writer.closed.then(
    () => (closed = true),
    () => (closed = true),
  );
  const tell = (promise: Promise<unknown>, done: Done): void => {
    promise.then(
      () => process.nextTick(done),
      (error: unknown) => process.nextTick(done, error as Error),
    );
  };
  return {
    write: (chunk, _encoding, done) =>
      tell(
        writer.ready.then(() => writer.write(chunk)),
        done,
      ),
    final: (done) => tell(writer.close(), done),
    destroy(error, done) {
      const finish = (): void => process.nextTick(done, error);
      if (closed) finish();
      else if (error === null) writer.close().then(finish, finish);
      else writer.abort(error).then(finish, finish);
    },
  };
}

function duplexPart(pair: unknown): ReadPart & WritePart {
  const { readable, writable } = (pair ?? {}) as Partial<Pair>;
  const read = readPart(requireReadable(readable));
  const write = writePart(requireWritable(writable));
  return {
    ...read,
    ...write,
    destroy(error, done) {
      read.destroy(error, () => write.destroy(error, done));
    },
  };
}

function bytesStrategy(highWaterMark: number): QueuingStrategy {
  return { highWaterMark, size: (chunk: { byteLength?: number }) => chunk.byteLength ?? 1 };
}

/** A `Buffer` leaves as the Uint8Array that the web knows. */
function webChunk(chunk: unknown): unknown {
  return Buffer.isBuffer(chunk) ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength) : chunk;
}

function webReadable(stream: StreamModule, readable: Readable, options: ReadableOptions): WebReadable {
  const isObjects = readable.readableObjectMode;
  const highWaterMark = readable.readableHighWaterMark;
  const strategy = options.strategy ?? (isObjects ? { highWaterMark } : bytesStrategy(highWaterMark));
  let cancelled = false;
  const source = {
    start(controller: ReadableStreamDefaultController) {
      readable.pause();
      const stop = stream.finished(readable, { writable: false }, (error) => {
        // Errors that come afterwards are nobody's.
        readable.on("error", () => undefined);
        stop();
        if (cancelled) return;
        if (!error) controller.close();
        else if ((error as { readonly code?: string }).code === "ERR_STREAM_PREMATURE_CLOSE") {
          controller.error(new AbortError(undefined, { cause: error }));
        } else controller.error(error);
      });
      readable.on("data", (chunk) => {
        if (cancelled) return;
        controller.enqueue(webChunk(chunk));
        if ((controller.desiredSize ?? 0) <= 0) readable.pause();
      });
    },
    pull: () => void readable.resume(),
    cancel(reason: unknown) {
      cancelled = true;
      readable.destroy(reason as Error);
    },
  };
  const ReadableStreamClass = ReadableStream as unknown as new (
    source: object,
    strategy?: object,
  ) => WebReadable;
  return options.type === "bytes"
    ? new ReadableStreamClass({ ...source, type: "bytes" })
    : new ReadableStreamClass(source, strategy);
}

function webWritable(stream: StreamModule, writable: Writable): WebWritable {
  const highWaterMark = writable.writableHighWaterMark;
  let drained: { resolve(): void; reject(error: unknown): void } | undefined;
  const sink = {
    start(controller: WritableStreamDefaultController) {
      const stop = stream.finished(writable, { readable: false }, (error) => {
        writable.on("error", () => undefined);
        stop();
        if (!error) return;
        drained?.reject(error);
        controller.error(error);
      });
      writable.on("drain", () => drained?.resolve());
    },
    async write(chunk: unknown) {
      if (!writable.writableNeedDrain && writable.write(chunk)) return;
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      drained = { resolve: () => resolve(undefined), reject };
      await promise;
      drained = undefined;
    },
    abort: (reason: unknown) => void writable.destroy(reason as Error),
    close: () =>
      new Promise<void>((resolve, reject) => {
        stream.finished(writable, { readable: false }, (error) => (error ? reject(error) : resolve()));
        writable.end();
      }),
  };
  const strategy = writable.writableObjectMode ? { highWaterMark } : bytesStrategy(highWaterMark);
  const WritableStreamClass = WritableStream as unknown as new (
    sink: object,
    strategy?: object,
  ) => WebWritable;
  return new WritableStreamClass(sink, strategy);
}
