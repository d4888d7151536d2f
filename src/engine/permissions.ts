import type { PermissionUse } from "../bridge/permission-ledger.ts";
import type { FunctionPermissions, ResolvedPermissions } from "../functions/permissions.ts";
import type { LiveVersion } from "./live-version.ts";

/** What a version did with its permissions since it was deployed. */
export interface PermissionReport {
  readonly functionName: string;
  readonly functionVersion: string;
  /** What it has. */
  readonly granted: ResolvedPermissions;
  /** What was used; of connections every method, host and port. */
  readonly used: readonly PermissionUse[];
  /** What was refused. */
  readonly denied: readonly PermissionUse[];
  /** The least permissions under which everything that was used is granted, as the function's setting. */
  readonly leastUsed: FunctionPermissions;
  /** The same, with what was denied: what a function that failed for want of grants needs. */
  readonly leastAsked: FunctionPermissions;
  /** Uses and denials that are in none of these, because there were more than 1 000 different ones. */
  readonly dropped: number;
}

export function permissionReport({ version, ledger }: LiveVersion): PermissionReport {
  return {
    functionName: version.functionName,
    functionVersion: version.version,
    granted: version.settings.permissions,
    used: ledger.listUsed(),
    denied: ledger.listDenied(),
    leastUsed: ledger.leastPermissions(false),
    leastAsked: ledger.leastPermissions(true),
    dropped: ledger.dropped,
  };
}
