import type { Duplex } from "node:stream";
import type { LookupFunction, Target } from "./connect-options.ts";
import { isIP } from "./ip.ts";

interface Found {
  readonly address: string;
  readonly family: number;
}

/**
 * Has a `lookup` of the function's own find the address, if there is one: it is then the address that must be granted. Else the
 * host looks the name up.
 */
export function findAddress(
  target: Target,
  lookup: LookupFunction | null | undefined,
  socket: Duplex,
  next: (target: Target) => void,
): void {
  if (!lookup || isIP(target.host) !== 0) {
    next(target);
    return;
  }
  const { host, family } = target;
  lookup(host, { family, hints: 0, all: false }, (error, found, foundFamily) => {
    const { address, family: kind } = foundIn(found, foundFamily);
    socket.emit("lookup", error ?? null, address, kind, host);
    if (error) socket.destroy(error as Error);
    else next({ ...target, host: address });
  });
}

/** A `lookup` may give one address or a list of them. */
function foundIn(found: unknown, family: unknown): Found {
  if (typeof found === "string") return { address: found, family: Number(family) || isIP(found) };
  const [first] = (Array.isArray(found) ? found : []) as readonly Found[];
  return first ?? { address: "", family: 0 };
}
