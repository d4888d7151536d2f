import type { Hooks } from "./hooks.ts";
import type { Frames } from "../../runtime/globals/frames.ts";

type Callback = (value: never) => unknown;
type Then = (this: unknown, onFulfilled?: unknown, onRejected?: unknown) => unknown;

const { apply, getPrototypeOf } = Reflect;
const NativePromise = Promise;
const nativePrototype: object = Promise.prototype;

/**
 * Has what is given to `then` run in the frame it was given in. V8 tells nobody of a native `await`, so code that uses frames is
 * compiled without (`functions/lower-async.ts`): all its waiting goes through here. `catch`, `finally` and `Promise.all` call
 * `then` by themselves.
 */
export function patchPromises(frames: Frames, hooks: Hooks): void {
  const nativeThen = Reflect.get(nativePrototype, "then") as Then;
  const nativeResolve = Reflect.get(NativePromise, "resolve") as (this: unknown, value?: unknown) => unknown;

  /** In its frame; and what is given back, if it is a thenable, is asked in it too. */
  function bound(callback: unknown, frame: unknown): unknown {
    if (typeof callback !== "function") return callback;
    return (value: unknown): unknown =>
      frames.run(
        frame,
        (given: unknown) => askedHere(frames, (callback as Callback)(given as never)),
        undefined,
        [value],
      );
  }

  const methods = {
    then(this: unknown, onFulfilled: unknown, onRejected: unknown): unknown {
      const frame = frames.current;
      if (!hooks.isOn())
        return apply(nativeThen, this, [bound(onFulfilled, frame), bound(onRejected, frame)]);
      const resource = { promise: undefined as unknown };
      const execution = hooks.begin("PROMISE", resource);
      const hooked = (callback: unknown): unknown => {
        const inFrame = bound(callback, frame);
        if (typeof inFrame !== "function") return inFrame;
        return (value: never): unknown => hooks.run(execution, () => (inFrame as Callback)(value));
      };
      return (resource.promise = apply(nativeThen, this, [hooked(onFulfilled), hooked(onRejected)]));
    },
    resolve(this: unknown, value: unknown): unknown {
      return apply(nativeResolve, this, [askedHere(frames, value)]);
    },
  };
  define(nativePrototype, "then", methods.then);
  define(NativePromise, "resolve", methods.resolve);
}

/** A thenable's `then` is called by the language, a microtask later: this has it called in the frame of now. */
function askedHere(frames: Frames, value: unknown): unknown {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return value;
  if (frames.current === undefined || isNative(value)) return value;
  let then: unknown;
  try {
    then = Reflect.get(value, "then");
  } catch (error) {
    return { then: (_resolve: unknown, reject: (error: unknown) => void) => reject(error) };
  }
  if (typeof then !== "function") return value;
  const ask = frames.bind(then as (...args: never[]) => unknown);
  return { then: (resolve: unknown, reject: unknown) => void apply(ask, value, [resolve, reject]) };
}

/** Whether its `then` is the patched one, of this class or one derived from it. */
function isNative(value: object): boolean {
  return getPrototypeOf(value) === nativePrototype || value instanceof NativePromise;
}

function define(target: object, name: string, value: (...args: never[]) => unknown): void {
  Reflect.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
}
