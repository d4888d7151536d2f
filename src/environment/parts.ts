import type { ServeCalls } from "../bridge/calls.ts";
import type { Clock } from "../base/clock.ts";
import type { Deadlines } from "../base/deadlines.ts";
import type { Invocation } from "../invocation/invocation.ts";
import type { Sandbox, SandboxVersion } from "../sandbox/sandbox.ts";
import type { DebugHost } from "./debug-port.ts";
import type { EnvironmentEnd, InitFailure } from "./init.ts";

/** Who owns an environment: told of what happens to it, one call each. */
export interface OwnerOf<Environment> {
  initialized(environment: Environment): void;
  initFailed(environment: Environment, failure: InitFailure): void;
  /** The environment can take another. `runMs` and `cpuMs` are what a run took; undefined when none has ended. */
  released(environment: Environment, runMs: number | undefined, cpuMs: number): void;
  /** An invocation has come back from its mailbox without having started; it may have been completed meanwhile. */
  handedBack(environment: Environment, invocation: Invocation): void;
  /** It will take no more; `unstarted` are invocations that were sent to it and had not started. */
  gone(environment: Environment, reason: EnvironmentEnd, unstarted: readonly Invocation[]): void;
  /**
   * A run has held its cell's thread for so long: one of the same version (`isOwn`), or another's. It takes nothing until
   * it is `freed`; what had not started in it comes back by `handedBack`. Said again and again while that goes on.
   */
  heldUp(environment: Environment, isOwn: boolean, forMs: number): void;
  /** The run that held its cell's thread is over. */
  freed(environment: Environment): void;
  log(
    environment: Environment,
    invocation: Invocation | undefined,
    level: number,
    text: string,
    timeMs: number,
  ): void;
  /** It had been ended but could not be stopped, and has cost its cell. */
  tookCell(environment: Environment): void;
}

/** What an environment is made of. */
export interface PartsOf<Environment> {
  readonly sandbox: Pick<Sandbox, "create">;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly owner: OwnerOf<Environment>;
  readonly version: SandboxVersion;
  /** Whether the version takes much CPU, and so is kept apart from those that don't. */
  readonly isHeavy: boolean;
  /** Invocations it may run at once. */
  readonly concurrency: number;
  readonly initTimeoutMs: number;
  /** Largest response in UTF-8 bytes. The guest keeps to it; this is where it is enforced. */
  readonly responseLimitBytes: number;
  /** Largest response that is streamed to its caller, in bytes. */
  readonly streamLimitBytes: number;
  /** How long it may take for what it wants to do at its end. */
  readonly shutdownMs: number;
  readonly logStreamName: string;
  /** Where debuggers attach, if they may to an environment that is made now. */
  readonly debugHost: () => DebugHost | undefined;
  /** Serves what it calls the host for. */
  readonly serveCalls: ServeCalls;
}
