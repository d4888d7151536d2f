import type { LookupFunction } from "node:net";
import type { Deadlines } from "../base/deadlines.ts";
import type { ResolvedPermissions } from "../functions/permissions.ts";
import { NetClient } from "./net/net-client.ts";
import { NetPolicy } from "./net/net-policy.ts";
import type { Operation, Operations } from "./operations.ts";
import type { PermissionLedger } from "./permission-ledger.ts";

/** What the calls of a version's environments are served with. */
export interface HostParts {
  readonly functionName: string;
  readonly permissions: ResolvedPermissions;
  readonly ledger: PermissionLedger;
  readonly deadlines: Deadlines;
  /** How names are resolved. */
  readonly lookup: LookupFunction;
}

/** Makes the operations of each environment of a version: `service.verb`, as its guest calls them. */
export function hostOperations(parts: HostParts): () => Operations {
  const { functionName, permissions, ledger, deadlines, lookup } = parts;
  const policy = new NetPolicy(functionName, permissions.net, ledger);
  return () => {
    const net = new NetClient({ policy, settings: permissions.net, deadlines, resolve: lookup });
    return {
      byName: new Map<string, Operation>([["net.fetch", net.fetch]]),
      close: () => net.close(),
    };
  };
}
