import { describeValue } from "../base/errors.ts";
import { readPermissions } from "./resolve-permissions.ts";
import { SettingReader } from "./setting-reader.ts";
import { ISOLATIONS } from "./settings.ts";
import type { FunctionSettings, ResolvedSettings, Runtime, SettingDefaults } from "./settings.ts";

/** Runtimes a function can ask for. */
const RUNTIMES: readonly Runtime[] = ["nodejs22.x", "nodejs24.x"];

/** Names and values of all variables together, in bytes; Lambda's limit. */
const ENVIRONMENT_LIMIT_BYTES = 4096;

const TAGS_LIMIT = 50;

const KNOWN_SETTINGS: readonly (keyof FunctionSettings)[] = [
  "code",
  "handler",
  "runtime",
  "timeoutMs",
  "memoryMb",
  "environment",
  "reservedConcurrency",
  "provisionedConcurrency",
  "environmentConcurrency",
  "isolation",
  "limits",
  "permissions",
  "tags",
  "description",
  "layers",
];

/** What people bring from Lambda's API, SAM and serverless files, in lower case. Units differ, so nothing is taken over silently. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ["timeout", "timeoutMs, which is in milliseconds (Lambda's Timeout is in seconds)"],
  ["memory", "memoryMb"],
  ["memorysize", "memoryMb"],
  ["env", "environment"],
  ["variables", "environment"],
  ["concurrency", "reservedConcurrency (of the function) or environmentConcurrency (of one environment)"],
  ["reservedconcurrentexecutions", "reservedConcurrency"],
  ["codeuri", 'code: { directory: "…" }'],
  ["zipfile", "code: { zip: … }"],
  ["directory", 'code: { directory: "…" }'],
  ["zip", "code: { zip: … }"],
  ["source", 'code: { source: "…" }'],
  ["file", 'code: { file: "…" }'],
]);

/**
 * Names Lambda sets itself and refuses in a function's configuration. `TZ`, `LANG` and `PATH` are open, as in Lambda; so
 * are the credentials that Lambda takes from a role, since nobody else sets them here.
 */
const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_MAX_CONCURRENCY",
  "AWS_LAMBDA_METADATA_API",
  "AWS_LAMBDA_METADATA_TOKEN",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/**
 * The settings of function `name` with every default filled in, checked and frozen.
 *
 * `defaults` stand in for what the function leaves out; the maps `environment` and `tags` are joined, the function's own
 * entries winning. `code` and `layers` aren't looked at: packaging checks them. Ranges are those in {@link FunctionSettings}.
 *
 * Throws `InvalidOptionError` (`INVALID_SETTING`), naming the setting, its value and what is allowed, for values outside
 * their range, of the wrong type, and for settings that don't exist (Lambda: `InvalidParameterValueException`).
 */
export function resolveSettings(
  name: string,
  settings: FunctionSettings,
  defaults: SettingDefaults = {},
): ResolvedSettings {
  const reader = new SettingReader(`Function ${describeValue(name)}`, settings, defaults);
  reader.refuseUnknown(KNOWN_SETTINGS, HINTS);
  const timeoutMs = reader.integer("timeoutMs", 1, 900_000, 3000);
  const isolation = reader.oneOf("isolation", ISOLATIONS, "in-process");
  const concurrency = readConcurrency(reader);
  if (isolation === "process-per-tenant" && concurrency.provisionedConcurrency > 0) {
    const allowed =
      'with isolation "process-per-tenant" 0: whose environments they would be is not known ahead';
    reader.refuse("provisionedConcurrency", concurrency.provisionedConcurrency, allowed);
  }
  return Object.freeze({
    handler: reader.text(
      "handler",
      /^\S{1,128}$/,
      "file.export: 1 to 128 characters, no white space",
      "index.handler",
    ),
    runtime: reader.oneOf("runtime", RUNTIMES, "nodejs24.x"),
    timeoutMs,
    memoryMb: reader.integer("memoryMb", 16, 10_240, 128),
    environment: readEnvironment(reader),
    ...concurrency,
    isolation,
    limits: readLimits(reader, timeoutMs),
    permissions: readPermissions(reader),
    tags: readTags(reader),
    description: reader.text("description", /^[^]{0,256}$/, "a text of 0 to 256 characters", ""),
  });
}

function readLimits(reader: SettingReader, timeoutMs: number): ResolvedSettings["limits"] {
  const limits = reader.group("limits", [
    "cpuMs",
    "logLines",
    "logBytes",
    "timers",
    "hostCalls",
    "errorBytes",
  ]);
  return Object.freeze({
    cpuMs: limits.integer("limits.cpuMs", 1, 900_000, timeoutMs),
    logLines: limits.integer("limits.logLines", 1, 10_000_000, 10_000),
    logBytes: limits.integer("limits.logBytes", 1_024, 1_073_741_824, 8_388_608),
    timers: limits.integer("limits.timers", 1, 1_000_000, 10_000),
    hostCalls: limits.integer("limits.hostCalls", 1, 100_000, 1_000),
    errorBytes: limits.integer("limits.errorBytes", 256, 6_291_456, 65_536),
  });
}

type Concurrency = Pick<
  ResolvedSettings,
  "reservedConcurrency" | "provisionedConcurrency" | "environmentConcurrency"
>;

function readConcurrency(reader: SettingReader): Concurrency {
  const reservedConcurrency = reader.optionalInteger("reservedConcurrency", 0, 100_000);
  const provisionedConcurrency = reader.integer("provisionedConcurrency", 0, 1000, 0);
  if (reservedConcurrency !== undefined && provisionedConcurrency > reservedConcurrency) {
    reader.refuse(
      "provisionedConcurrency",
      provisionedConcurrency,
      `at most reservedConcurrency, which is ${reservedConcurrency}`,
    );
  }
  const environmentConcurrency = reader.integer("environmentConcurrency", 1, 64, 1);
  return { reservedConcurrency, provisionedConcurrency, environmentConcurrency };
}

function readEnvironment(reader: SettingReader): Readonly<Record<string, string>> {
  const environment = reader.textMap("environment", {
    allowed: "an object of names and string values",
    keyField: "environment name",
    refuseKey: refuseVariableName,
    maxValueLength: ENVIRONMENT_LIMIT_BYTES,
  });
  const sizeBytes = Object.entries(environment).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (sizeBytes > ENVIRONMENT_LIMIT_BYTES) {
    reader.refuse(
      "environment",
      sizeBytes,
      `at most ${ENVIRONMENT_LIMIT_BYTES} bytes of names and values together`,
    );
  }
  return environment;
}

function refuseVariableName(name: string): string | undefined {
  if (RESERVED_VARIABLES.has(name)) return "a name Lambda doesn't reserve; isolet sets this variable itself";
  if (/^[a-zA-Z]\w+$/.test(name)) return undefined;
  return "a letter followed by one or more letters, digits and underscores";
}

function readTags(reader: SettingReader): Readonly<Record<string, string>> {
  const tags = reader.textMap("tags", {
    allowed: "an object of keys and string values",
    keyField: "tags key",
    refuseKey: refuseTagKey,
    maxValueLength: 256,
  });
  const count = Object.keys(tags).length;
  if (count > TAGS_LIMIT) reader.refuse("tags", count, `at most ${TAGS_LIMIT} tags`);
  return tags;
}

function refuseTagKey(key: string): string | undefined {
  if (key.length < 1 || key.length > 128) return "1 to 128 characters";
  return key.toLowerCase().startsWith("aws:")
    ? "a key that doesn't start with aws:, which AWS reserves"
    : undefined;
}
