import { SourceError } from "../base/errors.ts";
import type { SourceContext } from "./source.ts";

/** One piece of work that `stop()` waits for. */
export interface Flight {
  /** To be handed to the invocation: aborted when the engine gives up, or by {@link Flight.abort}. */
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Says that the work is over, whatever its outcome. Idempotent. */
  end(): void;
}

/**
 * The life every source of this folder has: made, running, stopped; what is in flight; one stop for all callers.
 * A source holds one of these and says, through `halt`, how it stops producing.
 */
export class SourceLifecycle {
  readonly #kind: string;
  readonly #halt: () => void;
  readonly #flights = new Set<AbortController>();
  readonly #onAbort = (): void => this.#giveUp();
  #state: "made" | "running" | "stopped" = "made";
  #context: SourceContext | undefined;
  #stopping: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  constructor(kind: string, halt: () => void) {
    this.#kind = kind;
    this.#halt = halt;
  }

  isRunning(): boolean {
    return this.#state === "running";
  }

  /** What the source was started with. */
  get context(): SourceContext {
    if (this.#context) return this.#context;
    throw this.#conflict("has not been started; attach it to an engine first");
  }

  /** Tells of a fault that the source survives; goes nowhere before the start. */
  report(what: string, cause?: unknown): void {
    this.#context?.logger.error(what, cause);
  }

  /** Tells of what other parts of the engine tell of too: a function that failed, a throttle. */
  note(what: string): void {
    this.#context?.logger.debug(what);
  }

  /** Takes the source from made to running; throws a `SourceError` when it has been started or stopped before. */
  begin(context: SourceContext): void {
    if (this.#state === "running")
      throw this.#conflict("is attached already; make one source for each engine");
    if (this.#state === "stopped")
      throw this.#conflict("was stopped, and a stopped source never starts again; make a new one");
    if (context.signal.aborted) {
      this.#state = "stopped";
      throw this.#conflict("can't start: the engine is closing");
    }
    this.#state = "running";
    this.#context = context;
    context.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Registers a piece of work. */
  open(): Flight {
    const controller = new AbortController();
    this.#flights.add(controller);
    return {
      signal: controller.signal,
      abort: (reason) => controller.abort(reason),
      end: () => this.#end(controller),
    };
  }

  /** Stops producing and waits for every open flight; the same promise for every caller. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<void> {
    const wasRunning = this.#state === "running";
    this.#state = "stopped";
    if (!wasRunning) return;
    this.#halt();
    if (this.#flights.size > 0 && !this.context.signal.aborted) await this.#drain();
    this.context.signal.removeEventListener("abort", this.#onAbort);
  }

  #drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  #giveUp(): void {
    const reason: unknown = this.context.signal.reason;
    for (const controller of [...this.#flights]) controller.abort(reason);
    this.#drained?.();
    void this.stop();
  }

  #end(controller: AbortController): void {
    this.#flights.delete(controller);
    if (this.#flights.size === 0) this.#drained?.();
  }

  #conflict(what: string): SourceError {
    return new SourceError(`This ${this.#kind} source ${what}.`, "SOURCE_CONFLICT");
  }
}
