import type { Frames } from "../../runtime/globals/frames.ts";

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

/** The id of what nothing asynchronous is the cause of, as in Node. */
const ROOT_ID = 1;

/** Resources, and the ids of those whose scope code runs in. Promises, timers and calls have no ids of their own. */
export function createResources(frames: Frames): Resources {
  let lastId = ROOT_ID;
  const root = {};
  let running: Resource | undefined;
  const enter = (resource: Resource | undefined): Resource | undefined => {
    const before = running;
    running = resource;
    return before;
  };

  class AsyncResource {
    readonly #frame = frames.current;
    readonly #id = ++lastId;
    readonly #trigger: number;

    constructor(type: string, options: unknown = {}) {
      if (typeof type !== "string") throw invalid("type", "string");
      this.#trigger = triggerIn(options) ?? executionAsyncId();
    }

    static bind(callback: Callback, type?: string, self?: unknown): Callback {
      const name = (callback as { readonly name?: string }).name ?? "";
      return new AsyncResource(type || name || "bound-anonymous-fn").bind(callback, self);
    }

    asyncId(): number {
      return this.#id;
    }

    triggerAsyncId(): number {
      return this.#trigger;
    }

    runInAsyncScope(callback: Callback, self?: unknown, ...args: unknown[]): unknown {
      const before = enter(this);
      try {
        return frames.run(this.#frame, callback, self, args);
      } finally {
        enter(before);
      }
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
      return this;
    }
  }

  function executionAsyncId(): number {
    return running?.asyncId() ?? ROOT_ID;
  }

  return {
    AsyncResource,
    createHook,
    executionAsyncId,
    triggerAsyncId: () => running?.triggerAsyncId() ?? 0,
    executionAsyncResource: () => running ?? root,
    asyncWrapProviders: Object.freeze({ NONE: 0 }),
  };
}

/** A hook never fires: V8 tells an isolate's runtime of no asynchronous step. */
function createHook(callbacks: unknown): object {
  if (typeof callbacks !== "object" || callbacks === null) throw invalid("callbacks", "object");
  const hook = { enable: () => hook, disable: () => hook };
  return hook;
}

function triggerIn(options: unknown): number | undefined {
  if (typeof options === "number") return options;
  return (options as { readonly triggerAsyncId?: number } | null)?.triggerAsyncId;
}

function invalid(name: string, type: string): TypeError {
  const error = new TypeError(`The "${name}" argument must be of type ${type}.`);
  return Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
}
