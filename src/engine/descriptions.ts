import type {
  AliasDescription,
  FunctionDescription,
  FunctionVersion,
} from "../functions/function-version.ts";
import type { ResolvedSettings } from "../functions/settings.ts";

/** A published version, as `deploy` returns it. */
export interface DeployedVersion {
  readonly functionName: string;
  /** `"1"`, `"2"`, … */
  readonly version: string;
  /** The function's ARN, without a qualifier. */
  readonly arn: string;
  /** Hex SHA-256 of the code after bundling. */
  readonly codeSha256: string;
  readonly codeSizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly deployedAtMs: number;
  readonly settings: ResolvedSettings;
}

/** A deployed function: its newest version, and what else of it can be invoked. */
export interface DeployedFunction extends DeployedVersion {
  /** Invocable versions, oldest first. */
  readonly versions: readonly string[];
  readonly aliases: readonly AliasDescription[];
}

export function describeVersion(version: FunctionVersion): DeployedVersion {
  const { functionName, arn, code, deployedAtMs, settings } = version;
  return {
    functionName,
    version: version.version,
    arn,
    codeSha256: code.sha256,
    codeSizeBytes: code.sizeBytes,
    deployedAtMs,
    settings,
  };
}

export function describeFunction({ latest, versions, aliases }: FunctionDescription): DeployedFunction {
  return { ...describeVersion(latest), versions, aliases };
}
