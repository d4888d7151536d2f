import type { ServeCalls } from "../bridge/calls.ts";
import type { Clock } from "../base/clock.ts";
import type { Deadlines } from "../base/deadlines.ts";
import type { DebugHost } from "../environment/debug-port.ts";
import type { Environment, EnvironmentOwner } from "../environment/environment.ts";
import type { EnvironmentEnd, InitFailure } from "../environment/init.ts";
import type { Sandbox, SandboxVersion } from "../sandbox/sandbox.ts";
import type { IdleList } from "./idle-list.ts";

/** What a pool is told of its environments beyond what it does about it. */
export interface PoolListener {
  started(environment: Environment): void;
  ended(environment: Environment, reason: EnvironmentEnd): void;
  initFailed(environment: Environment, failure: InitFailure): void;
  log: EnvironmentOwner["log"];
  /** An environment that had been ended could not be stopped and has cost its cell. */
  tookCell(environment: Environment): void;
}

/** What a pool is made of. */
export interface PoolParts {
  /** Where its environments are placed. */
  readonly sandbox: Pick<Sandbox, "create" | "cellCount">;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly idle: IdleList;
  readonly version: SandboxVersion;
  /** Invocations one environment may run at once. */
  readonly environmentConcurrency: number;
  /** Most environments at once. */
  readonly limit: number;
  readonly provisioned: number;
  readonly initTimeoutMs: number;
  readonly timeoutMs: number;
  readonly responseLimitBytes: number;
  readonly streamLimitBytes: number;
  readonly shutdownMs: number;
  /** Where debuggers attach, if they may to an environment that is made now. */
  readonly debugHost: () => DebugHost | undefined;
  readonly serveCalls: ServeCalls;
  readonly newLogStream: () => string;
  readonly listener: PoolListener;
}

/** Counts of a pool at one moment. */
export interface PoolStats {
  readonly starting: number;
  readonly idle: number;
  readonly busy: number;
  readonly waiting: number;
}
