import type { Duplex } from "node:stream";
import { AbortError } from "../shared/errors.ts";

/** Ends a socket when its signal says so. */
export function destroyBy(signal: AbortSignal, socket: Duplex): void {
  const abort = (): void => void socket.destroy(new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) process.nextTick(abort);
  else {
    signal.addEventListener("abort", abort, { once: true });
    socket.once("close", () => signal.removeEventListener("abort", abort));
  }
}
