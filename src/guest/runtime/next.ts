import type { GuestEntries } from "../contract.ts";
import { number, settle, stringIndexOf, stringSlice } from "./primordials.ts";

/** Starts an invocation: the guest's entry `invoke`. */
type Start = GuestEntries["invoke"];

/**
 * Starts the invocations that the cell gives back for completions, each on a stack of its own: what comes in the course
 * of a start waits for its end, and what comes from the depth of user code for the next microtask.
 */
export class NextInvocations {
  readonly #start: Start;
  #isStarting = false;
  #next: string | undefined;

  constructor(start: Start) {
    this.#start = start;
  }

  readonly start: Start = (first, requestId, deadlineMs, payload, extras) => {
    this.#isStarting = true;
    this.#start(first, requestId, deadlineMs, payload, extras);
    this.#drain();
  };

  /** `isShallow` says that nothing of the user's is on the stack. */
  take(text: unknown, isShallow: boolean): void {
    if (typeof text !== "string") return;
    if (this.#isStarting) this.#next = text;
    else if (isShallow) this.#begin(text);
    else settle(text, () => this.#begin(text), ignore);
  }

  #begin(text: string): void {
    this.#next = text;
    this.#drain();
  }

  /** Starts what has come meanwhile, one after the other. */
  #drain(): void {
    for (let text = this.#takeNext(); text !== undefined; text = this.#takeNext()) {
      this.#isStarting = true;
      this.#startText(text);
    }
    this.#isStarting = false;
  }

  #takeNext(): string | undefined {
    const text = this.#next;
    this.#next = undefined;
    return text;
  }

  #startText(text: string): void {
    const deadlineAt = stringIndexOf(text, ",") + 1;
    const idLengthAt = stringIndexOf(text, ",", deadlineAt) + 1;
    const extrasLengthAt = stringIndexOf(text, ",", idLengthAt) + 1;
    const idAt = stringIndexOf(text, ";", extrasLengthAt) + 1;
    const extrasAt = idAt + number(stringSlice(text, idLengthAt, extrasLengthAt - 1));
    const payloadAt = extrasAt + number(stringSlice(text, extrasLengthAt, idAt - 1));
    this.#start(
      number(stringSlice(text, 0, deadlineAt - 1)),
      stringSlice(text, idAt, extrasAt),
      number(stringSlice(text, deadlineAt, idLengthAt - 1)),
      stringSlice(text, payloadAt),
      stringSlice(text, extrasAt, payloadAt),
    );
  }
}

function ignore(): void {
  // A text never rejects.
}
