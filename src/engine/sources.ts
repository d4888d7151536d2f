import type { Clock } from "../base/clock.ts";
import { EngineClosedError, PlatformError, SourceError } from "../base/errors.ts";
import type { SourceInvoker } from "../invocation/invoker.ts";
import type { EventSource } from "../sources/source.ts";

/** What attached sources are given. */
export interface SourcesParts {
  readonly invoker: SourceInvoker;
  readonly clock: Clock;
  readonly onError: (error: PlatformError) => void;
}

/** The event sources attached to an engine. */
export class AttachedSources {
  readonly #parts: SourcesParts;
  readonly #attached = new Set<EventSource>();
  readonly #abort = new AbortController();
  #stopped: Promise<void> | undefined;

  constructor(parts: SourcesParts) {
    this.#parts = parts;
  }

  /** Starts a source. Rejects with what its start rejects with, and with {@link SourceError} when it is attached already. */
  async attach(source: EventSource): Promise<void> {
    if (this.#stopped)
      throw new EngineClosedError("The engine is closed or draining; it takes no more event sources.");
    if (this.#attached.has(source)) {
      throw new SourceError(`This ${source.kind} source is attached already.`, "SOURCE_CONFLICT");
    }
    this.#attached.add(source);
    try {
      await source.start({
        invoker: this.#parts.invoker,
        clock: this.#parts.clock,
        logger: {
          debug: () => undefined,
          error: (message, cause) =>
            this.#parts.onError(new PlatformError(`${source.kind} source: ${message}`, cause)),
        },
        signal: this.#abort.signal,
      });
    } catch (error) {
      this.#attached.delete(source);
      throw error;
    }
  }

  async detach(source: EventSource): Promise<void> {
    if (!this.#attached.delete(source)) {
      throw new SourceError(`This ${source.kind} source is not attached.`, "SOURCE_CONFLICT");
    }
    await source.stop();
  }

  /** Stops them all and waits for what is in flight. */
  stop(): Promise<void> {
    return (this.#stopped ??= Promise.all([...this.#attached].map((source) => this.#stopOne(source))).then(
      () => undefined,
    ));
  }

  /** Stops them all without waiting for what is in flight. */
  abandon(): Promise<void> {
    this.#abort.abort(new EngineClosedError());
    return this.stop();
  }

  async #stopOne(source: EventSource): Promise<void> {
    try {
      await source.stop();
    } catch (cause) {
      this.#parts.onError(new PlatformError(`The ${source.kind} source could not be stopped.`, cause));
    }
  }
}
