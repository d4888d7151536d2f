import { EventEmitter } from "eventemitter3";

/** Events by name, with what their listeners take. */
type EventMap<Events> = { [Name in keyof Events]: (...args: never[]) => void };

type Listener = (...args: unknown[]) => void;

/** An emitter whose listeners can't break who emits: what one throws goes to `onThrow`, and the others still hear. */
export class SafeEmitter<Events extends EventMap<Events>> {
  readonly #emitter = new EventEmitter<string>();
  readonly #onThrow: (event: string, cause: unknown) => void;

  constructor(onThrow: (event: string, cause: unknown) => void) {
    this.#onThrow = onThrow;
  }

  on<Name extends keyof Events & string>(event: Name, listener: Events[Name]): void {
    this.#emitter.on(event, listener as unknown as Listener);
  }

  once<Name extends keyof Events & string>(event: Name, listener: Events[Name]): void {
    this.#emitter.once(event, listener as unknown as Listener);
  }

  off<Name extends keyof Events & string>(event: Name, listener: Events[Name]): void {
    this.#emitter.off(event, listener as unknown as Listener);
  }

  has(event: keyof Events & string): boolean {
    return this.#emitter.listenerCount(event) > 0;
  }

  emit<Name extends keyof Events & string>(event: Name, ...args: Parameters<Events[Name]>): void {
    if (!this.has(event)) return;
    for (const listener of this.#emitter.listeners(event)) {
      // Takes it out if it was added by `once`.
      this.#emitter.removeListener(event, listener, undefined, true);
      try {
        (listener as Listener)(...args);
      } catch (cause) {
        this.#onThrow(event, cause);
      }
    }
  }
}
