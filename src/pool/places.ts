import type { Environment } from "../environment/environment.ts";

/** The initialised environments of a pool, and the choice of the one that takes the next invocation. */
export class Places {
  /** Those with a free place; the one used last on top. */
  readonly #available: Environment[] = [];
  /** All of them, in no order. */
  readonly #ready: Environment[] = [];
  /** Where the search for a mailbox goes on, so that all get their share. */
  #turn = 0;

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

  /** One that can take an invocation now, a free one first; `mailboxDepth` is how many may wait in a busy one. */
  find(mailboxDepth: number): Environment | undefined {
    return this.#available.at(-1) ?? this.#findMailbox(mailboxDepth);
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
