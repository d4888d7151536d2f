/** What Node's streams have learned since the ones that readable-stream was made of. */
import type { Readable, Writable } from "node:stream";
import { AbortError } from "../shared/errors.ts";
import type { StreamModule } from "./types.ts";

type Method = (this: unknown, chunk: unknown, ...rest: unknown[]) => unknown;

export function addNewer(stream: StreamModule): void {
  const { Readable, Writable, Duplex } = stream;
  for (const { prototype } of [Readable, Duplex]) takeViews(prototype as Readable, ["push", "unshift"]);
  for (const { prototype } of [Writable, Duplex]) {
    takeViews(prototype as Writable, ["write", "end"]);
    addDispose(stream, prototype as Writable);
  }
}

/** Typed arrays of every kind are bytes. */
function takeViews(prototype: object, names: readonly string[]): void {
  for (const name of names) {
    const original = Reflect.get(prototype, name) as Method;
    // Of a Duplex, where it is the Readable's own.
    if (!Object.hasOwn(prototype, name)) continue;
    const method: Method = function (chunk, ...rest) {
      return Reflect.apply(original, this, [bytesOf(this, chunk), ...rest]);
    };
    Object.defineProperty(prototype, name, {
      value: method,
      writable: true,
      enumerable: false,
      configurable: true,
    });
  }
}

interface Modes {
  readonly readableObjectMode?: boolean;
  readonly writableObjectMode?: boolean;
}

function bytesOf(stream: unknown, chunk: unknown): unknown {
  if (!ArrayBuffer.isView(chunk) || chunk instanceof Uint8Array) return chunk;
  const { readableObjectMode, writableObjectMode } = stream as Modes;
  if (readableObjectMode || writableObjectMode) return chunk;
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function addDispose(stream: StreamModule, prototype: Writable): void {
  if (Symbol.asyncDispose in prototype) return;
  async function dispose(this: Writable): Promise<void> {
    const error = this.destroyed ? null : new AbortError();
    if (error) this.destroy(error);
    await new Promise<void>((resolve, reject) => {
      stream.finished(this, {}, (thrown) => (thrown && thrown !== error ? reject(thrown) : resolve()));
    });
  }
  Object.defineProperty(prototype, Symbol.asyncDispose, {
    value: dispose,
    writable: true,
    configurable: true,
  });
}
