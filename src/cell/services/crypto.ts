/**
 * `crypto`: the host's own OpenSSL for the guest's node:crypto and Web Crypto. Arguments and results are the values of
 * crypto/packet.ts, of at most 64 MB; an answer begins with `=`, or with `!` and JSON of what was thrown.
 *
 * Asked, it holds the cell's thread, and refuses what would for more than some hundreds of milliseconds (costs.ts).
 * Called, it works on Node's own threads, on two calls of an environment at a time, the others waiting in line. What takes
 * long there (derived keys, new keys, primes) takes turns with that of the cell's other environments, and its time counts as
 * the environment's CPU time. It can't be interrupted: it is bounded likewise, to some seconds.
 */
import { isMainThread } from "node:worker_threads";
import { CallReply } from "../../guest/contract.ts";
import { actLater, actNow } from "./crypto/functions.ts";
import { LongJobs } from "./crypto/long-jobs.ts";
import { failureText } from "./failures.ts";
import { Objects } from "./crypto/objects.ts";
import { pack, unpack } from "./crypto/packet.ts";
import { onSubtle } from "./crypto/subtle.ts";
import { ServiceError } from "./service.ts";
import type { OpenCall, Reply, Service } from "./service.ts";

/** Calls of an environment that are worked on at once. */
const AT_ONCE = 2;

/**
 * Long calls of a cell that are worked on at once. The threads for them are four: a process's own, and a thread's are its
 * program's, which needs them as well.
 */
const LONG_AT_ONCE = isMainThread ? 2 : 1;

/** What takes long, or may. */
const LONG: ReadonlySet<string> = new Set([
  ...["pbkdf2", "scrypt", "argon2", "generateKeyPair", "generatePrime", "checkPrime"],
  ...["subtle.deriveBits", "subtle.deriveKey", "subtle.generateKey"],
]);

const longJobs = new LongJobs(LONG_AT_ONCE);

const SUBTLE = "subtle.";

type Job = () => Promise<void>;

export function createCryptoService(): Service {
  return new CryptoService();
}

class CryptoService implements Service {
  readonly #objects = new Objects();
  readonly #waiting = new Set<Job>();
  #working = 0;
  #workedMs = 0;

  ask(verb: string, argument: string): string {
    try {
      return `=${pack(this.#now(verb, unpack(argument)))}`;
    } catch (error) {
      return failureText(error);
    }
  }

  open(verb: string, argument: string, reply: Reply): OpenCall {
    const job: Job = async () => reply(CallReply.Done, await later(verb, argument));
    if (LONG.has(verb)) {
      longJobs.add(this, job);
      return { end: () => longJobs.remove(this, job) };
    }
    this.#waiting.add(job);
    setImmediate(() => this.#work());
    return { end: () => this.#waiting.delete(job) };
  }

  dispose(): void {
    this.#waiting.clear();
    longJobs.removeAll(this);
    this.#objects.clear();
  }

  worked(ms: number): void {
    this.#workedMs += ms;
  }

  takeWorkedMs(): number {
    longJobs.tell(this);
    const ms = this.#workedMs;
    this.#workedMs = 0;
    return ms;
  }

  #now(verb: string, args: unknown[]): unknown {
    switch (verb) {
      case "make":
        return this.#objects.make(...(args as [unknown]));
      case "call":
        return this.#objects.call(...(args as [unknown, unknown]));
      case "free":
        this.#objects.free(args[0]);
        return undefined;
      default: {
        const act = actNow(verb);
        if (!act) throw unknownVerb(verb);
        return act(...args);
      }
    }
  }

  #work(): void {
    for (const job of this.#waiting) {
      if (this.#working >= AT_ONCE) return;
      this.#waiting.delete(job);
      this.#working++;
      void job().finally(() => {
        this.#working--;
        this.#work();
      });
    }
  }
}

async function later(verb: string, argument: string): Promise<string> {
  try {
    const args = unpack(argument);
    if (verb.startsWith(SUBTLE)) return `=${pack(await onSubtle(verb.slice(SUBTLE.length), args))}`;
    const act = actLater(verb);
    if (!act) throw unknownVerb(verb);
    return `=${pack(await act(...args))}`;
  } catch (error) {
    return failureText(error);
  }
}

function unknownVerb(verb: string): ServiceError {
  return new ServiceError(
    "Error",
    `This runtime has no operation crypto.${verb.slice(0, 64)}.`,
    "ERR_METHOD_NOT_IMPLEMENTED",
  );
}
