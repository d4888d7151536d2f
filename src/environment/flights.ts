import type { Deadline } from "../base/deadlines.ts";
import type { Invocation } from "../invocation/invocation.ts";
import type { StreamedResponse } from "../invocation/streamed-response.ts";

/** An invocation that an environment was sent and has not answered. */
export interface Flight {
  /** Its number in its cell. */
  readonly number: number;
  readonly invocation: Invocation;
  readonly sentMs: number;
  readonly limitMs: number;
  /** For how long debuggers had been attached when it was sent. */
  readonly heldBeforeMs: number;
  deadline: Deadline | undefined;
  /** Whether its cell has been told that its time is over. */
  expired: boolean;
  /** The last lines it logged; made with the first. */
  lines: string[] | undefined;
  /** What its handler streams, if it does. */
  response: StreamedResponse | undefined;
}

/**
 * Flights by number, oldest first. A list and no `Map`: they are few and are answered nearly in the order they were sent,
 * and the tables that a `Map` leaves behind as it grows keep what was in them alive until the next full collection.
 */
export class Flights {
  readonly #list: Flight[] = [];

  get size(): number {
    return this.#list.length;
  }

  get(number: number): Flight | undefined {
    for (const flight of this.#list) if (flight.number === number) return flight;
    return undefined;
  }

  add(flight: Flight): void {
    this.#list.push(flight);
  }

  remove(flight: Flight): void {
    if (this.#list[0] === flight) {
      this.#list.shift();
      return;
    }
    const index = this.#list.indexOf(flight);
    if (index > 0) this.#list.splice(index, 1);
  }

  /** As they are now, whatever becomes of them while they are gone through. */
  now(): readonly Flight[] {
    return [...this.#list];
  }
}
