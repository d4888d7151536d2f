import type { Clock } from "../base/clock.ts";
import type { PlacedEnvironment } from "../sandbox/sandbox.ts";

/** A debugger that is attached to an environment. */
export interface Debugger {
  /** The environment says something, in the inspector's protocol. */
  said(text: string): void;
  /** The environment has ended. */
  ended(): void;
}

/** Told of the environments that debuggers can attach to. */
export interface DebugHost {
  opened(port: DebugPort, name: string): void;
  closed(port: DebugPort): void;
}

/** Where a debugger attaches to one environment. While one is attached, deadlines stand still. */
export class DebugPort {
  readonly #host: DebugHost;
  readonly #clock: Clock;
  readonly #placed: Pick<PlacedEnvironment, "inspect">;
  #client = 0;
  #debugger: Debugger | undefined;
  #attachedAtMs = 0;
  #heldMs = 0;

  constructor(host: DebugHost, clock: Clock, placed: Pick<PlacedEnvironment, "inspect">, name: string) {
    this.#host = host;
    this.#clock = clock;
    this.#placed = placed;
    host.opened(this, name);
  }

  get isAttached(): boolean {
    return this.#debugger !== undefined;
  }

  /** For how long debuggers were attached until now. */
  get heldMs(): number {
    return this.#heldMs + (this.#debugger ? this.#clock.monotonicMs() - this.#attachedAtMs : 0);
  }

  /** Attaches; false when another is. */
  attach(client: Debugger): boolean {
    if (this.#debugger) return false;
    this.#client++;
    this.#debugger = client;
    this.#attachedAtMs = this.#clock.monotonicMs();
    return true;
  }

  /** The debugger says something. */
  say(text: string): void {
    if (text !== "") this.#placed.inspect(this.#client, text);
  }

  detach(): void {
    if (!this.#debugger) return;
    this.#heldMs = this.heldMs;
    this.#debugger = undefined;
    this.#placed.inspect(this.#client, "");
  }

  /** The environment says something to a debugger. */
  heard(client: number, text: string): void {
    if (client === this.#client) this.#debugger?.said(text);
  }

  /** The environment has ended. */
  close(): void {
    this.#host.closed(this);
    this.#debugger?.ended();
    this.#debugger = undefined;
  }
}
