import type { Pace } from "./pace.ts";
import type { Environment } from "../environment/environment.ts";

/** What decides between a free environment and a busy one. */
export type Preference = Pick<Pace, "mailboxDepth" | "prefersBusy">;

/** The initialised environments of a pool, and the choice of the one that takes the next invocation. */
export class Places {
  /** Those with a free place; the one used last on top. */
  readonly #available: Environment[] = [];
  /** All of them, in no order. */
  readonly #ready: Environment[] = [];
  /** Where the search for a mailbox goes on, so that all get their share. */
  #turn = 0;
  /** The one that was found last. */
  #last: Environment | undefined;

  /** Environments that are initialised. */
  get size(): number {
    return this.#ready.length;
  }

  add(environment: Environment): void {
    this.#ready.push(environment);
  }

  remove(environment: Environment): void {
    this.withdraw(environment);
    removeFrom(this.#ready, environment);
    if (this.#last === environment) this.#last = undefined;
  }

  /** It has a free place. */
  offer(environment: Environment): void {
    if (environment.listed) return;
    environment.listed = true;
    this.#available.push(environment);
  }

  /** It has no free place any more. */
  withdraw(environment: Environment): void {
    if (!environment.listed) return;
    environment.listed = false;
    if (this.#available.at(-1) === environment) this.#available.pop();
    else removeFrom(this.#available, environment);
  }

  /**
   * One that can take an invocation now; `mailboxDepth` is how many may wait in a busy one. A free one comes first, unless
   * `prefersBusy`: then it is the one that was taken last, as long as its mailbox has room.
   */
  find({ mailboxDepth, prefersBusy }: Preference): Environment | undefined {
    if (prefersBusy && this.#last?.hasRoom(mailboxDepth)) return this.#last;
    this.#last = this.#findFree() ?? this.#findMailbox(mailboxDepth);
    return this.#last;
  }

  #findFree(): Environment | undefined {
    for (let top = this.#available.at(-1); top; top = this.#available.at(-1)) {
      if (top.available) return top;
      // It is to end, or is offered again when its cell's thread is free.
      this.withdraw(top);
    }
    return undefined;
  }

  /** Those that nothing runs in. */
  idle(): Environment[] {
    return this.#available.filter(({ reserved }) => reserved === 0);
  }

  /** Those that run something and have not got on since then. */
  stalledSince(sinceMs: number): Environment[] {
    return this.#ready.filter(({ reserved, progressMs }) => reserved > 0 && progressMs <= sinceMs);
  }

  /** Whether invocations wait in any mailbox. */
  get areDeep(): boolean {
    return this.#ready.some(({ isDeep }) => isDeep);
  }

  /** One whose mailbox has room, each in its turn. */
  #findMailbox(depth: number): Environment | undefined {
    if (depth === 0) return undefined;
    const { length } = this.#ready;
    for (let tried = 0; tried < length; tried++) {
      this.#turn = (this.#turn + 1) % length;
      const environment = this.#ready[this.#turn];
      if (environment?.hasRoom(depth)) return environment;
    }
    return undefined;
  }
}

function removeFrom(list: Environment[], environment: Environment): void {
  const index = list.indexOf(environment);
  if (index >= 0) list.splice(index, 1);
}
