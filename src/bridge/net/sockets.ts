import type { LookupFunction } from "node:net";
import type { Deadlines } from "../../base/deadlines.ts";
import type { ResolvedNet } from "../../functions/permissions.ts";
import { CallFailure } from "../operations.ts";
import type { Operation } from "../operations.ts";
import type { Authorities } from "./authorities.ts";
import { guardedLookup } from "./lookup.ts";
import type { NetPolicy } from "./net-policy.ts";
import { SocketCall } from "./socket-call.ts";
import { readSocketTarget } from "./socket-text.ts";
import type { SocketTarget } from "./socket-text.ts";
import { TlsContexts } from "./tls-contexts.ts";

/** What sockets are made with. */
interface SocketsParts {
  readonly policy: NetPolicy;
  readonly settings: false | ResolvedNet;
  readonly deadlines: Deadlines;
  readonly resolve: LookupFunction;
  readonly authorities: Authorities;
}

/**
 * The sockets of one environment: `net.connect`. Each takes a place until its connection is closed and its name looked up, also
 * when the guest has done with it before: opened and ended in a loop, they would keep the machine busy all the same.
 */
export class Sockets {
  readonly #parts: SocketsParts;
  readonly #contexts: TlsContexts;
  #count = 0;

  constructor(parts: SocketsParts) {
    this.#parts = parts;
    this.#contexts = new TlsContexts(parts.deadlines, parts.authorities);
  }

  readonly connect: Operation = (argument, answer) => {
    const target = readSocketTarget(argument);
    const { policy, settings, deadlines } = this.#parts;
    policy.checkSocket(target.host, target.port);
    // Never the case: nothing was granted.
    if (settings === false) throw new CallFailure("Error", "No connections are granted.");
    this.#takePlace(settings.openSockets);
    const { lookup, closed } = this.#place(target);
    return new SocketCall(target, answer, {
      settings,
      deadlines,
      contexts: this.#contexts,
      lookup,
      closed,
    });
  };

  #takePlace(limit: number): void {
    if (this.#count >= limit) {
      const message =
        `The environment has ${limit} sockets open, opening or closing, as many as permissions.net.openSockets allows: ` +
        "close some, use a pool, or raise the limit.";
      throw new CallFailure("Error", message, "EMFILE");
    }
    this.#count++;
  }

  /** The machine's resolver goes on with a name when its socket is no more. */
  #place({ port }: SocketTarget): { readonly lookup: LookupFunction; readonly closed: () => void } {
    const { policy, resolve } = this.#parts;
    const guarded = guardedLookup(resolve, policy.sockets, port);
    let lookups = 0;
    let isClosed = false;
    const leave = (): void => {
      if (isClosed && lookups === 0) this.#count--;
    };
    return {
      lookup: (host, options, callback) => {
        lookups++;
        guarded(host, options, (...found) => {
          lookups--;
          leave();
          callback(...found);
        });
      },
      closed: () => {
        isClosed = true;
        leave();
      },
    };
  }
}
