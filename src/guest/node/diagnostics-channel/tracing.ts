/** `diagnostics_channel.tracingChannel`. */
import { invalidArgType } from "../shared/errors.ts";
import { requireFunction } from "../shared/validate.ts";
import { Channel, channel } from "./channel.ts";

const EVENTS = ["start", "end", "asyncStart", "asyncEnd", "error"] as const;

type EventName = (typeof EVENTS)[number];
type Subscribers = Partial<Record<EventName, (message: unknown) => void>>;
type Run = (...args: unknown[]) => unknown;
type Context = Record<string, unknown>;

export class TracingChannel implements Readonly<Record<EventName, Channel>> {
  readonly start: Channel;
  readonly end: Channel;
  readonly asyncStart: Channel;
  readonly asyncEnd: Channel;
  readonly error: Channel;

  constructor(given: unknown) {
    const of = (name: EventName): Channel => channelOf(given, name);
    this.start = of("start");
    this.end = of("end");
    this.asyncStart = of("asyncStart");
    this.asyncEnd = of("asyncEnd");
    this.error = of("error");
  }

  get hasSubscribers(): boolean {
    return EVENTS.some((name) => this[name].hasSubscribers);
  }

  subscribe(subscribers: Subscribers): void {
    for (const name of EVENTS) {
      const subscriber = subscribers[name];
      if (subscriber) this[name].subscribe(subscriber);
    }
  }

  unsubscribe(subscribers: Subscribers): boolean {
    let all = true;
    for (const name of EVENTS) {
      const subscriber = subscribers[name];
      if (subscriber && !this[name].unsubscribe(subscriber)) all = false;
    }
    return all;
  }

  traceSync(run: Run, context: Context = {}, self?: unknown, ...args: unknown[]): unknown {
    if (!this.hasSubscribers) return Reflect.apply(run, self, args);
    return this.start.runStores(context, () =>
      this.#guarded(context, () => {
        const result = Reflect.apply(run, self, args);
        context["result"] = result;
        return result;
      }),
    );
  }

  tracePromise(run: Run, context: Context = {}, self?: unknown, ...args: unknown[]): unknown {
    if (!this.hasSubscribers) return Reflect.apply(run, self, args);
    const settle = (name: "result" | "error", value: unknown): void => {
      context[name] = value;
      if (name === "error") this.error.publish(context);
      this.asyncStart.publish(context);
      this.asyncEnd.publish(context);
    };
    return this.start.runStores(context, () =>
      this.#guarded(context, () => {
        const given = Reflect.apply(run, self, args) as PromiseLike<unknown>;
        const promise =
          typeof (given as Partial<PromiseLike<unknown>> | null)?.then === "function"
            ? given
            : Promise.resolve(given);
        return promise.then(
          (result) => {
            settle("result", result);
            return result;
          },
          (error: unknown) => {
            settle("error", error);
            throw error;
          },
        );
      }),
    );
  }

  traceCallback(
    run: Run,
    position: number = -1,
    context: Context = {},
    self?: unknown,
    ...args: unknown[]
  ): unknown {
    if (!this.hasSubscribers) return Reflect.apply(run, self, args);
    const callback = args.at(position);
    requireFunction(callback, "callback");
    const { asyncStart, asyncEnd, error: errors } = this;
    function traced(this: unknown, error: unknown, result: unknown, ...more: unknown[]): unknown {
      if (error) {
        context["error"] = error;
        errors.publish(context);
      } else context["result"] = result;
      return asyncStart.runStores(context, () => {
        try {
          return Reflect.apply(callback as Run, this, [error, result, ...more]);
        } finally {
          asyncEnd.publish(context);
        }
      });
    }
    args.splice(position, 1, traced);
    return this.start.runStores(context, () => this.#guarded(context, () => Reflect.apply(run, self, args)));
  }

  #guarded(context: Context, run: () => unknown): unknown {
    try {
      return run();
    } catch (error) {
      context["error"] = error;
      this.error.publish(context);
      throw error;
    } finally {
      this.end.publish(context);
    }
  }
}

function channelOf(given: unknown, name: EventName): Channel {
  if (typeof given === "string") return channel(`tracing:${given}:${name}`);
  if (typeof given !== "object" || given === null)
    throw invalidArgType("nameOrChannels", ["string", "object", "TracingChannel"], given);
  const found: unknown = Reflect.get(given, name);
  if (found instanceof Channel) return found;
  throw invalidArgType(`nameOrChannels.${name}`, "Channel", found);
}
