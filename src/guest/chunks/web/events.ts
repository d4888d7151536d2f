import { Event, type EventInit, EventTarget, setErrorHandler, setWarningHandler } from "event-target-shim";
import { createAbort } from "./abort.ts";

interface Ports {
  readonly report: (error: unknown) => void;
  readonly setTimeout: (callback: () => void, delayMs: number) => object;
}

interface CustomEventInit extends EventInit {
  readonly detail?: unknown;
}

class CustomEvent extends Event {
  readonly #detail: unknown;

  constructor(type: string, init?: CustomEventInit) {
    super(type, init);
    this.#detail = init?.detail ?? null;
  }

  get detail(): unknown {
    return this.#detail;
  }
}

/** A listener that throws goes to `report`. */
export function createWeb({ report, setTimeout }: Ports): WebInterfaces {
  setErrorHandler(report);
  // Its warnings are of harmless misuse, and go to a console that is the user's log.
  setWarningHandler(() => undefined);
  return { Event, EventTarget, CustomEvent, ...createAbort(setTimeout) };
}

type WebInterfaces = Readonly<
  Record<"Event" | "EventTarget" | "CustomEvent" | "AbortController" | "AbortSignal", unknown>
>;
