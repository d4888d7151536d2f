import { Event } from "./event.ts";
import { defineInterface, dictionary, invalidType, requireArguments, text } from "./interface.ts";

/** Makes an event's class with fields that are read from its options. */
function eventClass(
  name: string,
  fields: Readonly<Record<string, (value: unknown) => unknown>>,
  check: (options: Readonly<Record<string, unknown>>, given: number) => void = () => undefined,
): new (type: unknown, init?: unknown) => Event {
  const values = new WeakMap<object, Readonly<Record<string, unknown>>>();
  const made = class extends Event {
    constructor(type: unknown, init?: unknown) {
      requireArguments(arguments.length, 1, name);
      super(type, init);
      const options = dictionary(init, "event's options");
      check(options, arguments.length);
      values.set(
        this,
        Object.fromEntries(Object.entries(fields).map(([field, read]) => [field, read(options[field])])),
      );
    }
  };
  for (const field of Object.keys(fields)) {
    const accessors = {
      get [field](): unknown {
        const own = values.get(this);
        if (!own) throw Object.assign(new TypeError("Illegal invocation"), { code: "ERR_INVALID_THIS" });
        return own[field];
      },
    };
    const descriptor = Object.getOwnPropertyDescriptor(accessors, field) as PropertyDescriptor;
    Object.defineProperty(made.prototype, field, { ...descriptor, enumerable: true });
  }
  defineInterface(made, name);
  Object.defineProperty(made, "length", { value: 1, configurable: true });
  return made;
}

const orNull = (value: unknown): unknown => value ?? null;
const orUndefined = (value: unknown): unknown => value;
const textOr =
  (absent: string) =>
  (value: unknown): string =>
    value === undefined ? absent : text(value);
const count = (value: unknown): number => Math.trunc(Number(value ?? 0)) || 0;

type EventClass = new (type: unknown, init?: unknown) => Event;

export const CustomEvent: EventClass = eventClass("CustomEvent", {
  detail: (value) => (value === undefined ? null : value),
});

export const ErrorEvent: EventClass = eventClass("ErrorEvent", {
  message: textOr(""),
  filename: textOr(""),
  lineno: count,
  colno: count,
  error: orUndefined,
});

export const PromiseRejectionEvent: EventClass = eventClass(
  "PromiseRejectionEvent",
  { promise: orUndefined, reason: orUndefined },
  ({ promise }) => {
    if (typeof promise !== "object" || promise === null)
      throw invalidType("The option promise must be a promise.");
  },
);
Object.defineProperty(PromiseRejectionEvent, "length", { value: 2, configurable: true });

export const MessageEvent: EventClass = eventClass("MessageEvent", {
  data: orNull,
  origin: textOr(""),
  lastEventId: textOr(""),
  source: orNull,
  ports: (value) => Object.freeze(value === undefined ? [] : [...(value as Iterable<unknown>)]),
});

export const CloseEvent: EventClass = eventClass("CloseEvent", {
  wasClean: Boolean,
  code: count,
  reason: textOr(""),
});
