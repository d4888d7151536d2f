import type { OpenCall, RuntimeCalls } from "./calls.ts";
import { sendStreams, type Outgoing } from "./outgoing.ts";

type Result = Promise<unknown> & AsyncIterable<unknown>;

/** Frozen it can't be: a proxy of what is frozen may show no more than that has. */
const UNCHANGING: ProxyHandler<object> = {
  set: () => false,
  defineProperty: () => false,
  deleteProperty: () => false,
  setPrototypeOf: () => false,
};

/**
 * The host's bindings, each an object whose properties are its methods. Any name gives one, so that a call of what is not
 * granted fails in the host's words; `in` and `Object.keys` know only those that are granted by name.
 */
export function createBindings(calls: RuntimeCalls, granted: true | readonly string[]): object {
  const names = granted === true ? [] : [...new Set(granted.map((entry) => entry.split(".")[0] ?? ""))];
  const made = new Map<string, object>();
  return new Proxy(Object.create(null) as object, {
    ...UNCHANGING,
    get(_target, name) {
      if (typeof name !== "string" || name === "then") return undefined;
      let binding = made.get(name);
      if (!binding) made.set(name, (binding = createBinding(calls, name)));
      return binding;
    },
    has: (_target, name) => typeof name === "string" && (granted === true || names.includes(name)),
    ownKeys: () => names,
    getOwnPropertyDescriptor: (_target, name) =>
      names.includes(String(name)) ? { enumerable: true, configurable: true } : undefined,
  });
}

function createBinding(calls: RuntimeCalls, name: string): object {
  const methods = new Map<string, (...args: unknown[]) => Result>();
  return new Proxy(Object.create(null) as object, {
    ...UNCHANGING,
    get(_target, method) {
      // A promise is told by its `then`, and a binding is none.
      if (typeof method !== "string" || method === "then") return undefined;
      let made = methods.get(method);
      if (!made) methods.set(method, (made = (...args) => call(calls, `${name}.${method}`, args)));
      return made;
    },
  });
}

/** A promise of what the method gives; of a stream it is an async iterable itself, so that nobody has to wait twice. */
function call(calls: RuntimeCalls, path: string, args: readonly unknown[]): Result {
  const result = new Promise<unknown>((resolve, reject) => {
    const stream = new Stream();
    let isStream = false;
    let outgoing: Outgoing | undefined;
    const streams = args.flatMap((value, place) => (isIterable(value) ? [{ place, stream: value }] : []));
    const places = streams.length > 0 ? ` ${streams.map(({ place }) => place).join(",")}` : "";
    const plain = streams.length > 0 ? args.map((value) => (isIterable(value) ? null : value)) : args;
    const open = calls.open("binding.call", `${path}${places}\n${JSON.stringify(plain)}`, {
      part(text) {
        if (text.startsWith("^")) {
          outgoing?.heard(text);
          return;
        }
        if (isStream) {
          stream.push(text);
          return;
        }
        isStream = true;
        stream.opened(open);
        resolve(stream);
      },
      done(text) {
        outgoing?.stop();
        if (isStream) stream.end();
        else resolve(valueOf(text));
      },
      failed(error) {
        outgoing?.stop();
        if (isStream) stream.fail(error);
        else reject(error);
      },
    });
    if (streams.length > 0) outgoing = sendStreams(open, streams);
  });
  const iterate = async function* (): AsyncGenerator {
    const value = await result;
    if (!(value instanceof Stream)) throw new TypeError(`${path} gives no stream.`);
    yield* value;
  };
  return Object.assign(result, { [Symbol.asyncIterator]: iterate });
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Pieces as they come, each making room for another when it is taken. */
class Stream implements AsyncIterableIterator<unknown> {
  readonly #pieces: string[] = [];
  #call: OpenCall | undefined;
  #waiting: { resolve: (result: IteratorResult<unknown>) => void; reject: (error: Error) => void }[] = [];
  #error: Error | undefined;
  #isOver = false;

  opened(call: OpenCall): void {
    this.#call = call;
  }

  push(text: string): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(this.#take(text));
    else this.#pieces.push(text);
  }

  end(): void {
    this.#isOver = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }

  fail(error: Error): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.reject(error);
    else this.#error = error;
    this.end();
  }

  next(): Promise<IteratorResult<unknown>> {
    const piece = this.#pieces.shift();
    if (piece !== undefined) return Promise.resolve(this.#take(piece));
    const error = this.#error;
    this.#error = undefined;
    if (error) return Promise.reject(error);
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<unknown>> {
    this.#pieces.length = 0;
    this.#call?.end();
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(text: string): IteratorResult<unknown> {
    this.#call?.more("~1");
    return { done: false, value: valueOf(text) };
  }
}

/** `=` and JSON, `b` and bytes, or nothing. */
function valueOf(text: string): unknown {
  if (text === "") return undefined;
  if (text.startsWith("=")) return JSON.parse(text.slice(1)) as unknown;
  const bytes = new Uint8Array(text.length - 1);
  for (let index = 0; index < bytes.length; index++) bytes[index] = text.charCodeAt(index + 1);
  return bytes;
}
