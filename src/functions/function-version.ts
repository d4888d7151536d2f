import type { CodePackage } from "./package.ts";
import type { ResolvedSettings } from "./settings.ts";

/** An immutable published package of code and settings; frozen. */
export interface FunctionVersion {
  readonly functionName: string;
  /** `"1"`, `"2"`, … One more than the function's version before; a name's numbers are not used again. */
  readonly version: string;
  readonly settings: ResolvedSettings;
  readonly code: CodePackage;
  /** The function's ARN, without a qualifier. */
  readonly arn: string;
  /** Milliseconds since the epoch. */
  readonly deployedAtMs: number;
}

/** What one invocation runs, resolved from the name it was called by; frozen. */
export interface InvocationTarget {
  readonly version: FunctionVersion;
  /** The alias it was called by, if any. */
  readonly alias: string | undefined;
  /** The ARN as called, with its qualifier if one was given: the handler's `context.invokedFunctionArn`. */
  readonly invokedArn: string;
}

/** A movable pointer to one published version, or weighted to two. */
export interface AliasSettings {
  /** The version that gets every invocation `weights` doesn't send elsewhere. */
  readonly version: string;
  /** At most one other version, with its share of the invocations from 0 to 1. */
  readonly weights?: Readonly<Record<string, number>>;
}

/** An alias as it stands. */
export interface AliasDescription extends AliasSettings {
  readonly name: string;
}

/** What is known of a deployed function. */
export interface FunctionDescription {
  readonly functionName: string;
  readonly arn: string;
  /** The newest version: what the bare name and `$LATEST` mean. */
  readonly latest: FunctionVersion;
  /** The versions that can still be invoked, oldest first. */
  readonly versions: readonly string[];
  readonly aliases: readonly AliasDescription[];
}

/** What `deploy` did. */
export interface Deployment {
  readonly version: FunctionVersion;
  /** Versions that can't be invoked any more, so that their environments can go. */
  readonly retired: readonly FunctionVersion[];
}
