export { Engine } from "./engine.ts";
export { FunctionError } from "./engine/callable.ts";
export type { FunctionCallable } from "./engine/callable.ts";
export type { DeployedFunction, DeployedVersion } from "./engine/descriptions.ts";
export type { EngineEvents, EnvironmentEvent, ScalingEvent, ThrottleEvent } from "./engine/events.ts";
export type { InspectedFunction, InspectOptions } from "./engine/inspection/options.ts";
export type { InspectorTarget } from "./engine/inspection/server.ts";
export type { PermissionReport } from "./engine/permissions.ts";
export type { EngineStats, VersionStats } from "./engine/stats.ts";
export type { Clock, Timer } from "./base/clock.ts";
export { systemClock } from "./base/clock.ts";
export {
  AbortedError,
  CellLostError,
  EngineClosedError,
  ERROR_CODES,
  FunctionConflictError,
  FunctionNotFoundError,
  FunctionRefusedError,
  InvalidCodeError,
  InvalidNameError,
  InvalidOptionError,
  InvalidPayloadError,
  IsoletError,
  PayloadTooLargeError,
  PlatformError,
  SourceError,
  ThrottledError,
} from "./base/errors.ts";
export type { ErrorCode, Fault, ThrottleReason } from "./base/errors.ts";
export type { PermissionName, PermissionUse } from "./bridge/permission-ledger.ts";
export type { Binding, BindingCaller, BindingOptions, BindingTable } from "./functions/binding.ts";
export type { AliasDescription, AliasSettings } from "./functions/function-version.ts";
export type {
  ArtifactCode,
  BundlePlatform,
  FileCode,
  FunctionCode,
  FunctionLimits,
  FunctionSettings,
  Isolation,
  ResolvedSettings,
  Runtime,
  SettingDefaults,
  SourceCode,
} from "./functions/settings.ts";
export type {
  FunctionPermissions,
  NetPermission,
  NetScheme,
  ResolvedNet,
  ResolvedPermissions,
} from "./functions/permissions.ts";
export type { HttpMetadata, InvocationStream } from "./invocation/invocation-stream.ts";
export type {
  AnyInvokeOptions,
  InvocationType,
  InvokeOptions,
  Invoker,
  PendingResponse,
  SourceInvoker,
  StreamInvokeOptions,
  TextInvokeOptions,
} from "./invocation/invoker.ts";
export type {
  AcceptedResult,
  CheckedResult,
  FailedResult,
  FunctionErrorShape,
  InvocationResult,
  RequestResult,
  StreamResult,
  SucceededResult,
  SucceededStreamResult,
  SucceededTextResult,
  TextRequestResult,
} from "./invocation/result.ts";
export type { KillReport, KillUnit } from "./invocation/kill-report.ts";
export type { LogFormat, LogLevel, LogOrigin, LogRecord } from "./logging/record.ts";
export type { MeterOutcome, MeterRecord } from "./metering/record.ts";
export type { Usage, UsageTotals } from "./metering/usage.ts";
export type { CellOptions, EngineOptions } from "./options.ts";
export type { PoolStats } from "./pool/parts.ts";
export type { Load, SchedulerStats } from "./scheduler/scheduler.ts";
export type { EventSource, SourceContext, SourceLogger } from "./sources/source.ts";
