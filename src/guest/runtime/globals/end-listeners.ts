import { isExitUnwind } from "./errors.ts";
import type { Parts } from "./parts.ts";

/** What of `process` tells its listeners of the end. */
interface Listened {
  listenerCount(event: string): number;
  emit(event: string, ...args: unknown[]): boolean;
}

const SIGTERM = "SIGTERM";
const SIGTERM_NUMBER = 15;

/** `process.on("SIGTERM")`. A process that nobody has looked at is not made for it. */
export function endListeners(
  { madeProcess }: Pick<Parts, "madeProcess">,
  report: (error: unknown) => void,
): { listensForEnd(): boolean; tellEnd(): void; tellIdle(): boolean } {
  /** Whether a listener has ended the process. */
  function tell(event: string, ...args: unknown[]): boolean {
    try {
      (madeProcess() as Listened | undefined)?.emit(event, ...args);
    } catch (error) {
      if (isExitUnwind(error)) return true;
      report(error);
    }
    return false;
  }

  return {
    listensForEnd: () => ((madeProcess() as Listened | undefined)?.listenerCount(SIGTERM) ?? 0) > 0,
    tellEnd: () => void tell(SIGTERM, SIGTERM, SIGTERM_NUMBER),
    tellIdle: () => tell("beforeExit", 0),
  };
}
