import type { LookupFunction } from "node:net";
import type { Deadlines } from "../base/deadlines.ts";
import { NET_FETCH } from "../guest/contract.ts";
import type { ResolvedPermissions } from "../functions/permissions.ts";
import { bindingCalls } from "./binding-calls.ts";
import type { Bindings } from "./bindings.ts";
import type { Caller } from "./calls.ts";
import { functionCalls } from "./function-calls.ts";
import type { InvokeForGuest } from "./function-calls.ts";
import { Authorities } from "./net/authorities.ts";
import { NameQueries } from "./net/name-queries.ts";
import { NetClient } from "./net/net-client.ts";
import { NetPolicy } from "./net/net-policy.ts";
import { Sockets } from "./net/sockets.ts";
import type { Operation, Operations } from "./operations.ts";
import type { PermissionLedger } from "./permission-ledger.ts";
import { runtimeNotes } from "./runtime-notes.ts";

/** What an engine serves calls with. */
export interface HostServices {
  readonly deadlines: Deadlines;
  /** How names are resolved. */
  readonly lookup: LookupFunction;
  /** Certificates of further authorities, in PEM. */
  readonly ca: readonly string[];
  readonly invoke: InvokeForGuest;
  readonly maxInvokeDepth: number;
  readonly bindings: Bindings;
  readonly payloadLimitBytes: number;
}

/** Whose calls they are. */
export interface CallingVersion {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly permissions: ResolvedPermissions;
  readonly ledger: PermissionLedger;
}

/** Time to look a name up where no connections are granted, which is never used. */
const NO_TIME_MS = 1;

/** Makes the operations of each environment of a version: `service.verb`, as its guest calls them. */
export function hostOperations(
  services: HostServices,
  version: CallingVersion,
): (caller: Caller) => Operations {
  const { deadlines, lookup: resolve, payloadLimitBytes: limitBytes, maxInvokeDepth: maxDepth } = services;
  const { functionName, permissions, ledger } = version;
  const { net: settings, invoke, bindings } = permissions;
  const policy = new NetPolicy(functionName, settings, ledger);
  const authorities = new Authorities(services.ca);
  const timeoutMs = settings === false ? NO_TIME_MS : settings.connectTimeoutMs;
  return (caller) => {
    const net = new NetClient({ policy, settings, deadlines, resolve, authorities });
    const sockets = new Sockets({ policy, settings, deadlines, resolve, authorities });
    const names = new NameQueries({ policy, deadlines, resolve, timeoutMs });
    return {
      byName: new Map<string, Operation>([
        [NET_FETCH, net.fetch],
        ["net.connect", sockets.connect],
        ["net.dns", names.query],
        ["fn.invoke", functionCalls({ ...services, ...version, granted: invoke, maxDepth }, caller)],
        ["binding.call", bindingCalls({ ...services, ...version, granted: bindings, limitBytes }, caller)],
        ["permission.note", runtimeNotes(ledger)],
      ]),
      close: () => net.close(),
    };
  };
}
