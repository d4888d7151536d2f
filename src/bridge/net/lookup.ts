import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import type { AddressPolicy } from "./address-policy.ts";

/**
 * A `lookup` for one connection that gives only addresses its grant allows: what it gives is what is connected to, so a
 * name that resolves to something else the next time gains nothing.
 */
export function guardedLookup(resolve: LookupFunction, policy: AddressPolicy, port: number): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found, family) => {
      if (error) {
        callback(error, []);
        return;
      }
      try {
        const allowed = policy.allowedAddresses(host, port, asList(found, family));
        const [first] = allowed;
        if (options.all === true || !first) callback(null, allowed);
        else callback(null, first.address, first.family);
      } catch (denied) {
        callback(denied as Error, []);
      }
    });
  };
}

/** A resolver may give one address although all were asked for. */
function asList(found: string | LookupAddress[], family: number | undefined): LookupAddress[] {
  return typeof found === "string" ? [{ address: found, family: family === 6 ? 6 : 4 }] : found;
}
