/** `node:stream`, as far as undici's fetch uses it. */
import type * as NodeStream from "node:stream";
import { builtin } from "./ports.ts";

type Stream = typeof NodeStream;
type Decoder = NodeStream.Duplex;

/** Fields of the streams of web-streams-polyfill. */
interface WebStream {
  readonly _state: "readable" | "closed" | "errored";
  readonly _disturbed: boolean;
}

export const isErrored = (stream: WebStream): boolean => stream._state === "errored";
export const isReadable = (stream: WebStream): boolean => stream._state === "readable";
export const isDisturbed = (stream: WebStream): boolean => stream._disturbed;

/** It would only tell when there is no more to time, which is not done. */
export const finished = (): void => undefined;

/** Most that is taken before `push` says that it is enough. */
const HIGH_WATER_BYTES = 65_536;

interface ReadableOptions {
  /** Wants more. */
  readonly read: () => void;
}

interface Waiting {
  resolve(result: IteratorResult<Uint8Array, undefined>): void;
  reject(error: unknown): void;
}

/** What is pushed into it, to be read once. */
export class Readable implements AsyncIterator<Uint8Array, undefined> {
  readonly #wantMore: () => void;
  readonly #chunks: Uint8Array[] = [];
  readonly #errorListeners: ((error: unknown) => void)[] = [];
  #sizeBytes = 0;
  #ended = false;
  #error: { readonly thrown: unknown } | undefined;
  #waiting: Waiting | undefined;

  constructor({ read }: ReadableOptions) {
    this.#wantMore = read;
  }

  /** Whether more may come at once. */
  push(chunk: Uint8Array | null): boolean {
    if (this.#error) return false;
    if (chunk === null) {
      this.#ended = true;
      this.#take()?.resolve({ done: true, value: undefined });
      return false;
    }
    const waiting = this.#take();
    if (waiting) waiting.resolve({ done: false, value: chunk });
    else {
      this.#chunks.push(chunk);
      this.#sizeBytes += chunk.byteLength;
    }
    return this.#sizeBytes < HIGH_WATER_BYTES;
  }

  destroy(error: unknown): this {
    if (this.#error || this.#ended) return this;
    this.#error = { thrown: error };
    this.#take()?.reject(error);
    for (const listener of this.#errorListeners) listener(error);
    return this;
  }

  on(event: string, listener: (error: unknown) => void): this {
    if (event === "error") this.#errorListeners.push(listener);
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    return new Promise((resolve, reject) => {
      const chunk = this.#error ? undefined : this.#chunks.shift();
      if (chunk) {
        this.#sizeBytes -= chunk.byteLength;
        resolve({ done: false, value: chunk });
      } else if (this.#error) {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- What it was destroyed with.
        reject(this.#error.thrown);
      } else if (this.#ended) resolve({ done: true, value: undefined });
      else {
        this.#waiting = { resolve, reject };
        this.#wantMore();
      }
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }
}

/** Sends what comes from `source` through the decoders, which are streams of Node's; gives the last one. */
export function pipeline(source: Readable, ...rest: [...Decoder[], (error?: Error | null) => void]): Decoder {
  const done = rest.pop() as (error?: Error | null) => void;
  const { Readable: NodeReadable, pipeline: nodePipeline } = builtin<Stream>("node:stream");
  const streams = [NodeReadable.from(source, { objectMode: false }), ...(rest as Decoder[])];
  return (nodePipeline as unknown as (all: unknown[], done: (error?: Error | null) => void) => Decoder)(
    streams,
    done,
  );
}

/** The base of undici's inflating stream: Node's own, which is loaded when one is made. */
export const Transform: new () => object = function (this: unknown): object {
  const { Transform: NodeTransform } = builtin<Stream>("node:stream");
  const prototype: object = Transform.prototype as object;
  if (Object.getPrototypeOf(prototype) === Object.prototype) {
    Object.setPrototypeOf(prototype, NodeTransform.prototype);
  }
  return Reflect.construct(NodeTransform, [], new.target as never);
} as never;
