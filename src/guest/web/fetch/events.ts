/** `node:events`, as far as undici's fetch uses it. */
type Listener = (...args: unknown[]) => unknown;

export default class EventEmitter {
  readonly #listeners = new Map<string, Listener[]>();

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  off(event: string, listener: Listener): this {
    const kept = this.#listeners.get(event)?.filter((one) => one !== listener);
    this.#listeners.set(event, kept ?? []);
    return this;
  }

  emit(event: string, ...args: unknown[]): boolean {
    const listeners = this.#listeners.get(event) ?? [];
    for (const listener of listeners) listener.apply(this, args);
    return listeners.length > 0;
  }
}
