import { createAbort } from "./abort.ts";
import { Event, setEventClock } from "./event.ts";
import { EventTarget, setListenerReport } from "./event-target.ts";
import { CloseEvent, CustomEvent, ErrorEvent, MessageEvent, PromiseRejectionEvent } from "./event-types.ts";

interface Ports {
  readonly report: (error: unknown) => void;
  readonly setTimeout: (callback: () => void, delayMs: number) => object;
  readonly now: () => number;
}

/** A listener that throws goes to `report`. */
export function createWeb({ report, setTimeout, now }: Ports): WebInterfaces {
  setListenerReport(report);
  setEventClock(now);
  return {
    Event,
    EventTarget,
    CustomEvent,
    ErrorEvent,
    MessageEvent,
    CloseEvent,
    PromiseRejectionEvent,
    ...createAbort(setTimeout),
  };
}

export type WebInterfaces = Readonly<
  Record<
    | "Event"
    | "EventTarget"
    | "CustomEvent"
    | "ErrorEvent"
    | "MessageEvent"
    | "CloseEvent"
    | "PromiseRejectionEvent"
    | "AbortController"
    | "AbortSignal",
    unknown
  >
>;
