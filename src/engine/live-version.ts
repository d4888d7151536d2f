import type { PermissionLedger } from "../bridge/permission-ledger.ts";
import { randomStreamSuffix } from "../base/ids.ts";
import type { FunctionVersion } from "../functions/function-version.ts";
import type { ResolvedPermissions } from "../functions/permissions.ts";
import type { TraceMapper } from "../functions/trace-map.ts";
import type { GuestFacts } from "../guest/contract.ts";
import type { FunctionRefusedError } from "../base/errors.ts";
import type { SandboxVersion, VersionDefinition } from "../sandbox/sandbox.ts";
import type { Inspection } from "./inspection/inspection.ts";
import type { VersionPools } from "./version-pools.ts";

/** How a version's code was compiled. */
export interface CompiledCode {
  readonly format: "esm" | "commonjs";
  readonly cachedData: Uint8Array | undefined;
}

/** What of the engine's options a guest learns. */
export interface GuestOptions {
  readonly region: string;
  readonly payloadLimitBytes: number;
  readonly logFormat: "text" | "json";
}

/** A deployed version and what runs it. */
export interface LiveVersion {
  readonly version: FunctionVersion;
  readonly sandboxVersion: SandboxVersion;
  readonly pools: VersionPools;
  readonly traces: TraceMapper;
  readonly ledger: PermissionLedger;
  /** Why it isn't run any more, if it isn't. */
  refusal: FunctionRefusedError | undefined;
  /** Where debuggers attach to its environments, if they may. */
  inspection: Inspection | undefined;
}

let versionId = 0;

/** The version as cells need it. Ids are the process's own, so that no two engines' versions can be mixed up. */
export function sandboxVersionOf(
  version: FunctionVersion,
  compiled: CompiledCode,
  options: GuestOptions,
): SandboxVersion {
  const { settings, code } = version;
  const definition: VersionDefinition = {
    factsText: JSON.stringify(factsOf(version, options)),
    source: code.source,
    format: compiled.format,
    filename: code.filename,
    memoryMb: settings.memoryMb,
    concurrency: settings.environmentConcurrency,
    ...settings.limits,
    inspect: "off",
    cachedData: compiled.cachedData,
    pack: code.pack,
  };
  return { id: ++versionId, memoryMb: settings.memoryMb, definition: () => definition };
}

/** The same for environments that debuggers attach to: with the source `map`, if there is one, and compiled anew. */
export function inspectedVersionOf(
  { sandboxVersion }: Pick<LiveVersion, "sandboxVersion">,
  inspect: "on" | "break",
  map: string | undefined,
): SandboxVersion {
  const known = sandboxVersion.definition();
  const url = map === undefined ? "" : `data:application/json;base64,${Buffer.from(map).toString("base64")}`;
  const source = url ? `${known.source}\n//# sourceMappingURL=${url}` : known.source;
  const facts = JSON.parse(known.factsText) as object;
  const factsText = JSON.stringify({ ...facts, isInspected: true });
  const definition: VersionDefinition = { ...known, factsText, source, inspect, cachedData: undefined };
  return { id: ++versionId, memoryMb: sandboxVersion.memoryMb, definition: () => definition };
}

/** A new log stream's name, as Lambda makes it. */
export function logStreamName(version: string, nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[${version}]${randomStreamSuffix()}`;
}

function factsOf(version: FunctionVersion, options: GuestOptions): Omit<GuestFacts, "logStreamName"> {
  const { functionName, settings, code, arn } = version;
  const { handler, runtime, memoryMb, permissions } = settings;
  return {
    functionName,
    functionVersion: version.version,
    functionArn: arn,
    memoryMb,
    logGroupName: `/aws/lambda/${functionName}`,
    handler,
    runtime,
    responseLimitBytes: options.payloadLimitBytes,
    errorBytes: settings.limits.errorBytes,
    permissions: guestPermissions(permissions),
    logFormat: options.logFormat,
    environment: { ...settings.environment, ...reservedVariables(version, options) },
    filename: code.filename,
    ...(code.tracksContext && { tracksContext: true }),
    ...(code.followsRejections && { followsRejections: true }),
    ...(code.usesImports && { usesImports: true }),
    ...(code.pack && { hasFiles: true }),
  };
}

/** What a guest is to know of its permissions: those that its own runtime gives or doesn't. */
function guestPermissions(permissions: ResolvedPermissions): GuestFacts["permissions"] {
  const { wasm, eval: evaluates, sharedArrayBuffer, atomicsWait, fs, bindings } = permissions;
  return { wasm, eval: evaluates, sharedArrayBuffer, atomicsWait, fs, bindings };
}

/** The variables Lambda sets itself; its credentials and its runtime API have no counterpart here. */
function reservedVariables(version: FunctionVersion, options: GuestOptions): Record<string, string> {
  const { functionName, settings } = version;
  const { region } = options;
  return {
    TZ: ":UTC",
    LANG: "en_US.UTF-8",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE:
      settings.provisionedConcurrency > 0 ? "provisioned-concurrency" : "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    ...(options.logFormat === "json" && { AWS_LAMBDA_LOG_FORMAT: "JSON" }),
    LAMBDA_TASK_ROOT: "/var/task",
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    _HANDLER: settings.handler,
  };
}
