import type { InvokeMessage } from "./protocol.ts";

/**
 * Longest text, in UTF-16 units, that is given to a guest from within its run: it is written and cut apart once more than
 * one that is given with a run of its own, and entering the isolate costs about as much as copying this.
 */
const FOLLOWING_LIMIT = 16_384;

/** Invocations that an environment has been given and has not started, oldest first. */
export class Mailbox {
  readonly #messages: InvokeMessage[] = [];

  get size(): number {
    return this.#messages.length;
  }

  push(message: InvokeMessage): void {
    this.#messages.push(message);
  }

  shift(): InvokeMessage | undefined {
    return this.#messages.shift();
  }

  /** The first of them, when it is small enough to follow within the run of the one before. */
  get following(): InvokeMessage | undefined {
    const first = this.#messages[0];
    return first && first[5].length + first[6].length <= FOLLOWING_LIMIT ? first : undefined;
  }

  /** Takes them all out. */
  empty(): readonly InvokeMessage[] {
    return this.#messages.splice(0);
  }
}
