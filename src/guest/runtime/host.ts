import { SafeRangeError } from "./primordials.ts";

/** The guest's two ways out, captured before user code. Both take and give text and numbers only. */
export interface HostPort {
  /** At once; kinds are `GuestMessage`'s. Gives the `nextText` of an invocation to start for some completions. */
  readonly send: (kind: number, a: number, text: string) => unknown;
  /** Asks and gets a text back at once; kinds are `GuestQuestion`'s. */
  readonly ask: (kind: number, text: string) => string;
}

/**
 * The port over the cell's callbacks. What these throw carries the cell's own stack, its paths with it, and must not
 * reach user code. They throw when the guest's recursion has left too little of the thread's stack for them.
 */
export function guardedPort({ send, ask }: HostPort): HostPort {
  return {
    send: (kind, a, text) => {
      try {
        return send(kind, a, text);
      } catch {
        throw tooDeep();
      }
    },
    ask: (kind, text) => {
      try {
        return ask(kind, text);
      } catch {
        throw tooDeep();
      }
    },
  };
}

function tooDeep(): Error {
  return new SafeRangeError("Maximum call stack size exceeded");
}
