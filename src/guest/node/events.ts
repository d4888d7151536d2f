/** `node:events`. */
import {
  CAPTURE,
  defaults,
  type Emitter,
  type EmitterOptions,
  ERROR_MONITOR,
  initialize,
  methods,
  REJECTION,
} from "./events/emitter.ts";
import { on } from "./events/iterate.ts";
import {
  addAbortListener,
  getEventListeners,
  getMaxListeners,
  invalidThis,
  listenerCount,
  once,
  setMaxListeners,
} from "./events/statics.ts";
import { requireBoolean, requireNumber } from "./shared/validate.ts";

declare const require: (name: string) => unknown;

type EmitterClass = (new (options?: EmitterOptions) => Emitter) & { prototype: Emitter };

// A function, since packages call it on their own objects.
function EventEmitter(this: Emitter, options?: EmitterOptions): void {
  initialize(this, options);
}

interface AsyncResource {
  runInAsyncScope(run: unknown, self: unknown, ...args: unknown[]): unknown;
  emitDestroy(): unknown;
  asyncId(): number;
  triggerAsyncId(): number;
}

type AsyncResourceClass = new (name: string, options?: object) => AsyncResource;

interface AsyncOptions extends EmitterOptions {
  readonly name?: string;
}

/** Made here, where `EventEmitter` is a class to TypeScript. */
function createAsyncEmitter(Base: EmitterClass): unknown {
  return class EventEmitterAsyncResource extends Base {
    #resource: AsyncResource | undefined;

    constructor(options?: AsyncOptions | string) {
      const given = typeof options === "string" ? { name: options } : options;
      super(given);
      const { AsyncResource } = require("node:async_hooks") as { AsyncResource: AsyncResourceClass };
      this.#resource = new AsyncResource(given?.name ?? new.target.name, given);
    }

    override emit(event: string | symbol, ...args: unknown[]): boolean {
      return this.asyncResource.runInAsyncScope(super.emit, this, event, ...args) as boolean;
    }

    emitDestroy(): void {
      this.asyncResource.emitDestroy();
    }

    get asyncId(): number {
      return this.asyncResource.asyncId();
    }

    get triggerAsyncId(): number {
      return this.asyncResource.triggerAsyncId();
    }

    get asyncResource(): AsyncResource {
      if (this.#resource === undefined) throw invalidThis("EventEmitterAsyncResource");
      return this.#resource;
    }
  };
}

function hidden(value: unknown): PropertyDescriptor {
  return { value, writable: true, enumerable: true, configurable: true };
}

export function create(): object {
  const Class = EventEmitter as unknown as EmitterClass;
  Object.assign(Class.prototype, methods);
  Object.assign(Class.prototype, { _events: undefined, _eventsCount: 0, _maxListeners: undefined });
  Object.defineProperty(Class.prototype, CAPTURE, { value: false, writable: true, enumerable: false });
  let asyncEmitter: unknown;
  return Object.defineProperties(Class, {
    addAbortListener: hidden(addAbortListener),
    once: hidden(once),
    on: hidden(on),
    getEventListeners: hidden(getEventListeners),
    getMaxListeners: hidden(getMaxListeners),
    listenerCount: hidden(listenerCount),
    EventEmitter: hidden(Class),
    usingDomains: hidden(false),
    captureRejectionSymbol: hidden(REJECTION),
    captureRejections: {
      get: () => defaults.captureRejections,
      set(value: unknown) {
        requireBoolean(value, "EventEmitter.captureRejections");
        defaults.captureRejections = value;
      },
      enumerable: true,
      configurable: true,
    },
    EventEmitterAsyncResource: {
      get: () => (asyncEmitter ??= createAsyncEmitter(Class)),
      enumerable: true,
      configurable: true,
    },
    errorMonitor: hidden(ERROR_MONITOR),
    defaultMaxListeners: {
      get: () => defaults.maxListeners,
      set(value: unknown) {
        requireNumber(value, "defaultMaxListeners", 0);
        defaults.maxListeners = value;
      },
      enumerable: true,
      configurable: true,
    },
    setMaxListeners: hidden(setMaxListeners),
    init: hidden(function init(this: Emitter, options?: EmitterOptions) {
      initialize(this, options);
    }),
  });
}
