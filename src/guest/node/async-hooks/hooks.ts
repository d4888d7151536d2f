import type { Frames } from "../../runtime/globals/frames.ts";

type Callback = (...args: never[]) => unknown;

/** What code runs as: its id, that of what was its cause, and the object that hooks were told of. */
export interface Execution {
  readonly id: number;
  readonly trigger: number;
  readonly resource: object;
}

interface HookCallbacks {
  init?(id: number, type: string, trigger: number, resource: object): void;
  before?(id: number): void;
  after?(id: number): void;
  destroy?(id: number): void;
  promiseResolve?(id: number): void;
}

const EVENTS = ["init", "before", "after", "destroy", "promiseResolve"] as const;

type Event = (typeof EVENTS)[number];

/** What runs once, and is over then. */
const ONCE: ReadonlySet<string> = new Set(["Timeout", "Immediate", "TickObject", "Microtask"]);

export interface Hooks {
  readonly execution: () => Execution;
  readonly createHook: (callbacks: unknown) => object;
  /** Whether any hook is enabled. */
  readonly isOn: () => boolean;
  /** Something asynchronous begins. */
  begin(type: string, resource: object, trigger?: number): Execution;
  /** Runs a piece of it. */
  run<T>(execution: Execution, piece: () => T): T;
  /** It is over. */
  end(execution: Execution): void;
}

/** The hooks of `createHook`. The runtime binds whatever it calls later, and tells them so from the first that is enabled on. */
export function createHooks(frames: Frames): Hooks {
  const root: Execution = { id: 1, trigger: 0, resource: {} };
  let running = root;
  let lastId = root.id;
  let enabled: readonly HookCallbacks[] = [];
  let isBinding = false;

  function emit(event: Event, ...args: unknown[]): void {
    for (const hook of enabled) {
      const callback = hook[event];
      if (callback) Reflect.apply(callback, hook, args);
    }
  }

  const hooks: Hooks = {
    execution: () => running,
    createHook,
    isOn: () => enabled.length > 0,
    begin(type, resource, trigger = running.id) {
      const execution = { id: ++lastId, trigger, resource };
      emit("init", execution.id, type, trigger, resource);
      return execution;
    },
    run(execution, piece) {
      const before = running;
      running = execution;
      try {
        emit("before", execution.id);
        return piece();
      } finally {
        emit("after", execution.id);
        running = before;
      }
    },
    end: ({ id }) => emit("destroy", id),
  };

  function createHook(given: unknown): object {
    const callbacks = checked(given);
    const hook = {
      enable() {
        if (!enabled.includes(callbacks)) enabled = [...enabled, callbacks];
        if (!isBinding) bindAsHooked(frames, hooks);
        isBinding = true;
        return hook;
      },
      disable() {
        enabled = enabled.filter((one) => one !== callbacks);
        return hook;
      },
    };
    return hook;
  }

  return hooks;
}

function bindAsHooked(frames: Frames, hooks: Hooks): void {
  const bind = frames.bind.bind(frames);
  frames.bind = <Bound extends Callback>(callback: Bound, type = "ISOLETCALL"): Bound => {
    const bound = bind(callback);
    if (!hooks.isOn()) return bound;
    const execution = hooks.begin(type === "Interval" ? "Timeout" : type, {});
    return function (this: unknown, ...args: never[]): unknown {
      try {
        return hooks.run(execution, () => Reflect.apply(bound, this, args) as unknown);
      } finally {
        if (ONCE.has(type)) hooks.end(execution);
      }
    } as unknown as Bound;
  };
}

function checked(given: unknown): HookCallbacks {
  if (typeof given !== "object" || given === null) throw invalid("callbacks", "of type object");
  const callbacks = given as Readonly<Record<string, unknown>>;
  for (const event of EVENTS) {
    const callback = callbacks[event];
    if (callback === undefined || typeof callback === "function") continue;
    const error = new TypeError(`hook.${event} must be a function`);
    throw Object.assign(error, { code: "ERR_ASYNC_CALLBACK" });
  }
  return given;
}

function invalid(name: string, what: string): TypeError {
  const error = new TypeError(`The "${name}" argument must be ${what}.`);
  return Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
}
