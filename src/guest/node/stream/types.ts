/** What of readable-stream's classes is used here. */
import type { Duplex, Readable, Writable } from "node:stream";

type Class<T> = new (options?: object) => T;

export interface StreamModule {
  _isArrayBufferView: (value: unknown) => boolean;
  duplexPair: (options?: object) => [Duplex, Duplex];
  readonly Readable: Class<Readable> & Record<"fromWeb" | "toWeb", unknown>;
  readonly Writable: Class<Writable> & Record<"fromWeb" | "toWeb", unknown>;
  readonly Duplex: Class<Duplex> & Record<"fromWeb" | "toWeb", unknown>;
  setDefaultHighWaterMark(objectMode: boolean, size: number): void;
  finished(stream: object, options: object, callback: (error?: Error | null) => void): () => void;
}
