import type { Deadlines } from "../base/deadlines.ts";
import { AbortedError, EngineClosedError, PlatformError, ThrottledError } from "../base/errors.ts";
import type { SafeEmitter } from "../base/events.ts";
import type { FunctionRegistry } from "../functions/registry.ts";
import type { FunctionVersion, InvocationTarget } from "../functions/function-version.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import type { InvokeOptions } from "../invocation/invoker.ts";
import type { FunctionErrorShape, InvocationResult } from "../invocation/result.ts";
import { tailText } from "../logging/log-writer.ts";
import type { LogWriter } from "../logging/log-writer.ts";
import { billOf } from "../metering/bill.ts";
import type { UsageLedger } from "../metering/usage.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Admission, Scheduler } from "../scheduler/scheduler.ts";
import type { EngineEvents } from "./events.ts";
import type { LiveVersion } from "./live-version.ts";
import { acceptInvocation, checkInvokeOptions } from "./request.ts";

/** What a runner works with. */
export interface RunnerParts {
  readonly options: ResolvedOptions;
  readonly registry: FunctionRegistry;
  readonly versions: ReadonlyMap<FunctionVersion, LiveVersion>;
  readonly scheduler: Scheduler;
  readonly deadlines: Deadlines;
  readonly ledger: UsageLedger;
  readonly logs: LogWriter;
  readonly events: SafeEmitter<EngineEvents>;
}

const UNKNOWN_ERROR: FunctionErrorShape = {
  errorType: "Runtime.Unknown",
  errorMessage: "The invocation failed.",
};

const NO_OPTIONS: InvokeOptions = Object.freeze({});

/** The way of one invocation: resolve, accept, admit, run, meter once, answer. */
export class Runner {
  readonly #parts: RunnerParts;
  #closed = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Rejects for the caller's and the platform's faults only. Not `async` itself: each layer of promises costs a turn. */
  invoke(name: string, payload: unknown, options: InvokeOptions = NO_OPTIONS): Promise<InvocationResult> {
    try {
      if (options !== NO_OPTIONS) checkInvokeOptions(options);
      const target = this.#parts.registry.resolve(name);
      const invocation = acceptInvocation(target, payload, options, this.#parts.options);
      const live = this.#live(target.version);
      if (options.type === undefined || options.type === "request") {
        return this.#runAndAnswer(live, invocation, options);
      }
      const identity = identityOf(target, invocation);
      if (options.type === "dry-run") return Promise.resolve({ status: "checked", ...identity });
      // Nobody waits for it: its outcome is in the meter record, and a throttle in the throttle event.
      return this.#accept(live, invocation, options, { status: "accepted", ...identity });
    } catch (error) {
      // What resolve, accept and check throw are errors, all of them.
      return Promise.reject(
        error instanceof Error ? error : new PlatformError("The invocation failed.", error),
      );
    }
  }

  /** Gives `accepted` back at once, unless the invocation is refused on arrival. */
  #accept(
    live: LiveVersion,
    invocation: Invocation,
    options: InvokeOptions,
    accepted: InvocationResult,
  ): Promise<InvocationResult> {
    const ticket = new Ticket(live.version.functionName, options);
    const run = this.#run(live, invocation, options, ticket);
    if (!ticket.isAdmitted) return run.then(() => accepted);
    run.catch(() => undefined);
    return Promise.resolve(accepted);
  }

  async #runAndAnswer(
    live: LiveVersion,
    invocation: Invocation,
    options: InvokeOptions,
  ): Promise<InvocationResult> {
    return this.#answer(live, invocation, await this.#run(live, invocation, options), options);
  }

  #live(version: FunctionVersion): LiveVersion {
    const live = this.#parts.versions.get(version);
    if (!live) throw new Error(`isolet: version ${version.version} of ${version.functionName} is not live`);
    return live;
  }

  async #run(
    live: LiveVersion,
    invocation: Invocation,
    options: InvokeOptions,
    ticket: Ticket = new Ticket(live.version.functionName, options),
  ): Promise<Completion> {
    const { signal, deadlineMs } = options;
    const unwatch = signal || deadlineMs !== undefined ? this.#watch(invocation, options) : undefined;
    try {
      const raw = await this.#parts.scheduler.run(ticket, () => live.pool.run(invocation));
      const completion = raw.error?.trace ? mapTrace(raw, live.traces) : raw;
      this.#meter(live, invocation, completion);
      return completion;
    } catch (error) {
      if (ticket.isAdmitted && invocation.state !== "completed") this.#meterRefused(live, invocation, error);
      throw error;
    } finally {
      unwatch?.();
    }
  }

  /** The scheduler refused what it had accepted: it waited too long, was aborted, or the engine closed. */
  #meterRefused(live: LiveVersion, invocation: Invocation, error: unknown): void {
    const outcome =
      error instanceof ThrottledError ? "throttled" : error instanceof AbortedError ? "aborted" : "lost";
    const completion: Completion = { outcome, text: "", durationMs: 0, cpuMs: 0 };
    invocation.complete(completion);
    this.#meter(live, invocation, completion);
  }

  /** Ends the invocation when its caller gives up, wherever it is by then. */
  #watch(invocation: Invocation, { signal, deadlineMs }: InvokeOptions): () => void {
    const { deadlines } = this.#parts;
    const abort = (): void => invocation.stop?.("aborted");
    signal?.addEventListener("abort", abort, { once: true });
    const deadline =
      deadlineMs === undefined
        ? undefined
        : deadlines.set(deadlineMs, () => {
            // Once it runs, the environment keeps the deadline, and a passed one is a timeout.
            if (invocation.state === "queued") invocation.stop?.("throttled");
          });
    return () => {
      signal?.removeEventListener("abort", abort);
      if (deadline) deadlines.cancel(deadline);
    };
  }

  #meter(live: LiveVersion, invocation: Invocation, completion: Completion): void {
    const { options, ledger, events, logs } = this.#parts;
    const { version } = live;
    const { settings } = version;
    const metered = {
      functionName: version.functionName,
      functionVersion: version.version,
      memoryMb: settings.memoryMb,
      tags: settings.tags,
    };
    const record = billOf(
      invocation,
      completion,
      metered,
      options.billingGranularityMs,
      options.clock.monotonicMs(),
    );
    ledger.add(record);
    if (invocation.logStreamName !== undefined) {
      const source = {
        functionName: version.functionName,
        functionVersion: version.version,
        logStreamName: invocation.logStreamName,
      };
      logs.finish(source, invocation, completion, record, options.clock.now());
    }
    events.emit("meter", record);
  }

  #answer(
    live: LiveVersion,
    invocation: Invocation,
    completion: Completion,
    options: InvokeOptions,
  ): InvocationResult {
    const { requestId } = invocation.request;
    switch (completion.outcome) {
      case "aborted":
        throw new AbortedError(`Invocation ${requestId} was aborted by its signal.`, options.signal?.reason);
      case "throttled":
        throw new ThrottledError(
          `Invocation ${requestId} waited longer than its deadlineMs of ${options.deadlineMs} for an environment.`,
          "QueueDeadline",
          "deadlineMs",
          options.deadlineMs ?? 0,
        );
      case "succeeded":
        return this.#succeeded(live, invocation, completion);
      default:
        if (completion.outcome === "lost" && this.#closed) throw new EngineClosedError();
        if (completion.fault !== undefined) throw completion.fault;
        return {
          status: "failed",
          ...factsOf(live, invocation, completion),
          error: completion.error ?? UNKNOWN_ERROR,
        };
    }
  }

  /** From now on what is lost is lost because the engine closed. */
  close(): void {
    this.#closed = true;
  }

  #succeeded(live: LiveVersion, invocation: Invocation, completion: Completion): InvocationResult {
    const facts = factsOf(live, invocation, completion);
    try {
      return { status: "succeeded", ...facts, payload: JSON.parse(completion.text) as unknown };
    } catch {
      // The text has been in a guest: whatever it is, it can harm nobody but who asked for it.
      const error = {
        errorType: "Runtime.MalformedResponse",
        errorMessage: "The response is not valid JSON.",
      };
      return { status: "failed", ...facts, error };
    }
  }
}

/** What an invocation asks of the scheduler, and whether it was taken. */
class Ticket implements Admission {
  readonly functionName: string;
  readonly priority: number;
  readonly signal: AbortSignal | undefined;
  readonly deadlineMs: number | undefined;
  isAdmitted = false;

  constructor(functionName: string, options: InvokeOptions) {
    this.functionName = functionName;
    this.priority = options.priority ?? 0;
    this.signal = options.signal;
    this.deadlineMs = options.deadlineMs;
  }

  onAdmitted(): void {
    this.isAdmitted = true;
  }
}

function identityOf(target: InvocationTarget, invocation: Invocation) {
  const { functionName, version } = target.version;
  return { requestId: invocation.request.requestId, functionName, functionVersion: version };
}

function factsOf({ version }: LiveVersion, invocation: Invocation, completion: Completion) {
  const { request, coldStart } = invocation;
  return {
    requestId: request.requestId,
    functionName: version.functionName,
    functionVersion: version.version,
    coldStart,
    durationMs: completion.durationMs,
    ...(request.logTail && { logTail: tailText(invocation.tail) }),
  };
}

function mapTrace(completion: Completion, traces: LiveVersion["traces"]): Completion {
  const { error } = completion;
  return error?.trace
    ? { ...completion, error: { ...error, trace: traces.mapTrace(error.trace) } }
    : completion;
}
