import type { SafeEmitter } from "../base/events.ts";
import type { EngineEvents } from "./events.ts";

/** What an engine tells by events. */
export class Listenable {
  readonly #emitter: SafeEmitter<EngineEvents>;

  constructor(emitter: SafeEmitter<EngineEvents>) {
    this.#emitter = emitter;
  }

  on<Name extends keyof EngineEvents>(event: Name, listener: EngineEvents[Name]): this {
    this.#emitter.on(event, listener);
    return this;
  }

  once<Name extends keyof EngineEvents>(event: Name, listener: EngineEvents[Name]): this {
    this.#emitter.once(event, listener);
    return this;
  }

  off<Name extends keyof EngineEvents>(event: Name, listener: EngineEvents[Name]): this {
    this.#emitter.off(event, listener);
    return this;
  }
}
