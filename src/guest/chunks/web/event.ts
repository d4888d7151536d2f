import { defineInterface, dictionary, requireArguments, text } from "./interface.ts";

/** What `dispatchEvent` knows and changes of an event. */
export interface EventState {
  type: string;
  bubbles: boolean;
  cancelable: boolean;
  composed: boolean;
  initialized: boolean;
  dispatching: boolean;
  stopped: boolean;
  stoppedAtOnce: boolean;
  canceled: boolean;
  inPassiveListener: boolean;
  trusted: boolean;
  target: unknown;
  currentTarget: unknown;
  readonly timeStamp: number;
}

let readState: (event: Event) => EventState;
let isEvent: (value: unknown) => value is Event;
let now: () => number = () => 0;

/** What `event` is like now; throws when it is no event. */
export const stateOf = (event: Event): EventState => readState(event);
export const isAnEvent = (value: unknown): value is Event => isEvent(value);

/** What time events are stamped with. */
export function setEventClock(clock: () => number): void {
  now = clock;
}

function isTrusted(this: Event): boolean {
  return stateOf(this).trusted;
}
Object.defineProperty(isTrusted, "name", { value: "get isTrusted", configurable: true });
const trustedDescriptor = { get: isTrusted, enumerable: true, configurable: false };

export class Event {
  readonly #state: EventState;

  static {
    readState = (event) => event.#state;
    isEvent = (value): value is Event => typeof value === "object" && value !== null && #state in value;
  }

  constructor(type: unknown, init?: unknown) {
    requireArguments(arguments.length, 1, "Event");
    const options = dictionary(init, "event's options");
    this.#state = {
      type: text(type),
      bubbles: Boolean(options["bubbles"]),
      cancelable: Boolean(options["cancelable"]),
      composed: Boolean(options["composed"]),
      initialized: true,
      dispatching: false,
      stopped: false,
      stoppedAtOnce: false,
      canceled: false,
      inPassiveListener: false,
      trusted: false,
      target: null,
      currentTarget: null,
      timeStamp: now(),
    };
    Object.defineProperty(this, "isTrusted", trustedDescriptor);
  }

  get type(): string {
    return this.#state.type;
  }

  get target(): unknown {
    return this.#state.target;
  }

  get srcElement(): unknown {
    return this.#state.target;
  }

  get currentTarget(): unknown {
    return this.#state.currentTarget;
  }

  composedPath(): unknown[] {
    return this.#state.currentTarget === null ? [] : [this.#state.currentTarget];
  }

  get eventPhase(): number {
    return this.#state.dispatching ? 2 : 0;
  }

  stopPropagation(): void {
    this.#state.stopped = true;
  }

  get cancelBubble(): boolean {
    return this.#state.stopped;
  }

  set cancelBubble(value: unknown) {
    if (value) this.#state.stopped = true;
  }

  stopImmediatePropagation(): void {
    this.#state.stopped = true;
    this.#state.stoppedAtOnce = true;
  }

  get bubbles(): boolean {
    return this.#state.bubbles;
  }

  get cancelable(): boolean {
    return this.#state.cancelable;
  }

  get returnValue(): boolean {
    return !this.#state.canceled;
  }

  set returnValue(value: unknown) {
    if (!value) this.preventDefault();
  }

  preventDefault(): void {
    const state = this.#state;
    if (state.cancelable && !state.inPassiveListener) state.canceled = true;
  }

  get defaultPrevented(): boolean {
    return this.#state.canceled;
  }

  get composed(): boolean {
    return this.#state.composed;
  }

  get timeStamp(): number {
    return this.#state.timeStamp;
  }

  initEvent(type: unknown, bubbles?: unknown, cancelable?: unknown): void {
    requireArguments(arguments.length, 1, "initEvent");
    const state = this.#state;
    if (state.dispatching) return;
    state.type = text(type);
    state.bubbles = Boolean(bubbles);
    state.cancelable = Boolean(cancelable);
    state.initialized = true;
    state.stopped = state.stoppedAtOnce = state.canceled = false;
    state.trusted = false;
    state.target = null;
  }
}

defineInterface(Event, "Event", [
  ...["type", "target", "srcElement", "currentTarget", "composedPath", "eventPhase", "stopPropagation"],
  ...["cancelBubble", "stopImmediatePropagation", "bubbles", "cancelable", "returnValue", "preventDefault"],
  ...["defaultPrevented", "composed", "timeStamp", "initEvent"],
]);
Object.defineProperty(Event, "length", { value: 1, configurable: true });
Object.defineProperty(Event.prototype.initEvent, "length", { value: 1, configurable: true });

for (const [phase, name] of ["NONE", "CAPTURING_PHASE", "AT_TARGET", "BUBBLING_PHASE"].entries()) {
  for (const target of [Event, Event.prototype]) {
    Object.defineProperty(target, name, { value: phase, enumerable: true });
  }
}
