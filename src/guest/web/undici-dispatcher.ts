/**
 * What the package undici sends requests by unless it is told otherwise: the dispatcher under the global symbols that all
 * its versions share. Requests are calls to the host, as those of `fetch`.
 */
import type { EventEmitter as Emitter } from "node:events";
import type { Parts } from "../runtime/globals/parts.ts";
import { Controller } from "./fetch/controller.ts";
import { builtin } from "./fetch/ports.ts";
import { bodyOf } from "./undici-dispatcher/body.ts";
import { currentHandler, type AnyHandler } from "./undici-dispatcher/handlers.ts";
import { readOptions, type DispatchOptions } from "./undici-dispatcher/options.ts";

type Interceptor = (dispatch: Dispatch) => Dispatch;
type Dispatch = (options: DispatchOptions, handler: AnyHandler) => boolean;
type Done = (error: null, data: null) => void;

export function create({ calls }: Parts): object {
  const { EventEmitter } = builtin<{ readonly EventEmitter: typeof Emitter }>("node:events");

  class IsoletDispatcher extends EventEmitter {
    readonly closed = false;
    readonly destroyed = false;
    readonly isMockActive = false;

    dispatch(options: DispatchOptions, given: AnyHandler): boolean {
      const handler = currentHandler(given);
      const controller = new Controller(handler, calls);
      try {
        const request = readOptions(options);
        const body = bodyOf(options.body, request.headers);
        controller.send({ ...request, body });
      } catch (error) {
        controller.abort(error);
      }
      return true;
    }

    compose(...given: readonly (Interceptor | null | readonly (Interceptor | null)[])[]): this {
      let dispatch: Dispatch = (options, handler) => this.dispatch(options, handler);
      for (const interceptor of given.flat()) if (interceptor) dispatch = interceptor(dispatch);
      return new Proxy(this, {
        get: (target, key): unknown => (key === "dispatch" ? dispatch : Reflect.get(target, key)),
      });
    }

    /** It has no connections of its own: there is nothing to close. */
    close(done?: Done): Promise<void> | undefined {
      return after(done);
    }

    destroy(...args: readonly unknown[]): Promise<void> | undefined {
      return after(args.find((arg) => typeof arg === "function") as Done | undefined);
    }
  }
  return { dispatcher: new IsoletDispatcher() };
}

function after(done: Done | undefined): Promise<void> | undefined {
  if (!done) return Promise.resolve();
  queueMicrotask(() => done(null, null));
  return undefined;
}
