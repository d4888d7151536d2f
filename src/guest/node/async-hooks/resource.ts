import type { Frames } from "../../runtime/globals/frames.ts";
import type { Execution, Hooks } from "./hooks.ts";

type Callback = (...args: never[]) => unknown;

interface Resource {
  asyncId(): number;
  triggerAsyncId(): number;
  runInAsyncScope(callback: Callback, self?: unknown, ...args: unknown[]): unknown;
  bind(callback: Callback, self?: unknown): Callback;
  emitDestroy(): Resource;
}

export interface AsyncResourceClass {
  new (type: string, options?: unknown): Resource;
  bind(callback: Callback, type?: string, self?: unknown): Callback;
}

interface Resources {
  readonly AsyncResource: AsyncResourceClass;
  readonly createHook: (callbacks: unknown) => object;
  readonly executionAsyncId: () => number;
  readonly triggerAsyncId: () => number;
  readonly executionAsyncResource: () => object;
  readonly asyncWrapProviders: Readonly<Record<string, number>>;
}

/** Resources, and the ids of what code runs as. */
export function createResources(frames: Frames, hooks: Hooks): Resources {
  class AsyncResource {
    readonly #frame = frames.current;
    readonly #execution: Execution;

    constructor(type: string, options: unknown = {}) {
      if (typeof type !== "string") throw invalid("type", "string");
      this.#execution = hooks.begin(type, this, triggerIn(options));
    }

    static bind(callback: Callback, type?: string, self?: unknown): Callback {
      const name = (callback as { readonly name?: string }).name ?? "";
      return new AsyncResource(type || name || "bound-anonymous-fn").bind(callback, self);
    }

    asyncId(): number {
      return this.#execution.id;
    }

    triggerAsyncId(): number {
      return this.#execution.trigger;
    }

    runInAsyncScope(callback: Callback, self?: unknown, ...args: unknown[]): unknown {
      return hooks.run(this.#execution, () => frames.run(this.#frame, callback, self, args));
    }

    bind(callback: Callback, self?: unknown): Callback {
      if (typeof callback !== "function") throw invalid("fn", "function");
      const run = (receiver: unknown, args: unknown[]): unknown =>
        this.runInAsyncScope(callback, self === undefined ? receiver : self, ...args);
      const bound = function (this: unknown, ...args: unknown[]): unknown {
        return run(this, args);
      };
      return Object.defineProperty(bound, "length", { configurable: true, value: callback.length });
    }

    emitDestroy(): this {
      hooks.end(this.#execution);
      return this;
    }
  }

  return {
    AsyncResource,
    createHook: hooks.createHook,
    executionAsyncId: () => hooks.execution().id,
    triggerAsyncId: () => hooks.execution().trigger,
    executionAsyncResource: () => hooks.execution().resource,
    asyncWrapProviders: Object.freeze({ NONE: 0 }),
  };
}

function triggerIn(options: unknown): number | undefined {
  if (typeof options === "number") return options;
  return (options as { readonly triggerAsyncId?: number } | null)?.triggerAsyncId;
}

function invalid(name: string, type: string): TypeError {
  const error = new TypeError(`The "${name}" argument must be of type ${type}.`);
  return Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
}
