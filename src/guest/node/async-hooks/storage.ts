import type { Frames } from "../../runtime/globals/frames.ts";
import type { AsyncResourceClass } from "./resource.ts";

type Callback = (...args: never[]) => unknown;
type Frame = ReadonlyMap<object, unknown>;

interface StorageOptions {
  readonly defaultValue?: unknown;
  readonly name?: string;
}

/** Node's `AsyncLocalStorage`. A frame is a Map of what is stored by storage, and is replaced, never changed. */
export function createStorage(frames: Frames, AsyncResource: AsyncResourceClass): object {
  const frameWith = (storage: object, store: unknown): Frame => {
    const frame = new Map(frames.current as Frame | undefined);
    return frame.set(storage, store);
  };

  return class AsyncLocalStorage {
    readonly #defaultValue: unknown;
    readonly #name: string;

    constructor(options: StorageOptions = {}) {
      if (typeof options !== "object" || (options as unknown) === null) throw invalid("options", "object");
      const { defaultValue, name } = options;
      if (name !== undefined && typeof name !== "string") throw invalid("options.name", "string");
      this.#defaultValue = defaultValue;
      this.#name = name ?? "";
    }

    static bind(callback: Callback): Callback {
      return AsyncResource.bind(callback);
    }

    static snapshot(): (callback: Callback, ...args: unknown[]) => unknown {
      const frame = frames.current;
      return (callback, ...args) => frames.run(frame, callback, undefined, args);
    }

    get name(): string {
      return this.#name;
    }

    getStore(): unknown {
      const frame = frames.current as Frame | undefined;
      return frame?.has(this) ? frame.get(this) : this.#defaultValue;
    }

    run(store: unknown, callback: Callback, ...args: unknown[]): unknown {
      // As Node: entering with what is there already changes nothing.
      if (Object.is(this.getStore(), store)) return Reflect.apply(callback, undefined, args);
      return frames.run(frameWith(this, store), callback, undefined, args);
    }

    exit(callback: Callback, ...args: unknown[]): unknown {
      return this.run(undefined, callback, ...args);
    }

    enterWith(store: unknown): void {
      frames.current = frameWith(this, store);
    }

    disable(): void {
      const frame = new Map(frames.current as Frame | undefined);
      frame.delete(this);
      frames.current = frame;
    }
  };
}

function invalid(name: string, type: string): TypeError {
  const error = new TypeError(`The "${name}" argument must be of type ${type}.`);
  return Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
}
