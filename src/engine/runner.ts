import type { Deadlines } from "../base/deadlines.ts";
import { AbortedError, EngineClosedError, PlatformError, ThrottledError } from "../base/errors.ts";
import type { SafeEmitter } from "../base/events.ts";
import type { FunctionRegistry } from "../functions/registry.ts";
import type { FunctionVersion } from "../functions/function-version.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import type { AnyInvokeOptions, InvokeOptions, TextInvokeOptions } from "../invocation/invoker.ts";
import type { InvocationResult, SucceededStreamResult, SucceededTextResult } from "../invocation/result.ts";
import type { ResponseTaker } from "../invocation/response-taker.ts";
import type { LogWriter } from "../logging/log-writer.ts";
import { billOf } from "../metering/bill.ts";
import type { UsageLedger } from "../metering/usage.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { failed, identityOf, mapTraces, succeeded, succeededAsStream, succeededAsText } from "./answers.ts";
import type { EngineEvents } from "./events.ts";
import type { LiveVersion } from "./live-version.ts";
import { Readings } from "./readings.ts";
import type { Answered } from "./readings.ts";
import { acceptInvocation, checkInvokeOptions } from "./request.ts";
import { Ticket } from "./ticket.ts";

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

/** What only some invocations have, and no caller's options say. */
interface RunExtras {
  /** Is given the response. */
  readonly taker?: ResponseTaker | undefined;
  /** See `InvocationRequest`. */
  readonly depth?: number;
}

const NO_OPTIONS: InvokeOptions = Object.freeze({});

/** The way of one invocation: resolve, accept, admit, run, meter once, answer. */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #readings = new Readings();
  #closed = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Rejects for the caller's and the platform's faults only. Not `async` itself: each layer of promises costs a turn. */
  invoke(
    name: string,
    payload: unknown,
    options: AnyInvokeOptions = NO_OPTIONS,
    { taker, depth }: RunExtras = {},
  ): Promise<AnyResult> {
    try {
      if (options !== NO_OPTIONS) checkInvokeOptions(options);
      const target = this.#parts.registry.resolve(name);
      const invocation = acceptInvocation(target, payload, options, this.#parts.options, { depth, taker });
      const live = this.#live(target.version);
      if (live.refusal) throw live.refusal;
      live.pools.check(options.tenant);
      if (options.type === undefined || options.type === "request") {
        return this.#run(live, invocation, options);
      }
      const identity = identityOf(target, invocation);
      if (options.type === "dry-run") return this.#check(options, { status: "checked", ...identity });
      // Nobody waits for it: its outcome is in the meter record, and a throttle in the throttle event.
      return this.#accept(live, invocation, options, { status: "accepted", ...identity });
    } catch (error) {
      // What resolve, accept and check throw are errors, all of them.
      return Promise.reject(
        error instanceof Error ? error : new PlatformError("The invocation failed.", error),
      );
    }
  }

  /** Invokes for a function, which gives and takes texts; `depth` as in `InvocationRequest`. */
  invokeText(
    name: string,
    options: TextInvokeOptions,
    depth: number,
  ): Promise<InvocationResult | SucceededTextResult> {
    return this.invoke(name, undefined, options, { depth }) as Promise<
      InvocationResult | SucceededTextResult
    >;
  }

  async #check({ payloadText }: AnyInvokeOptions, checked: InvocationResult): Promise<InvocationResult> {
    if (payloadText !== undefined) await this.#readings.check(payloadText);
    return checked;
  }

  /** Gives `accepted` back at once, unless the invocation is refused on arrival. */
  #accept(
    live: LiveVersion,
    invocation: Invocation,
    options: AnyInvokeOptions,
    accepted: InvocationResult,
  ): Promise<InvocationResult> {
    const ticket = new Ticket(live.version.functionName, options);
    const run = this.#run(live, invocation, options, ticket);
    if (!ticket.isAdmitted) return run.then(() => accepted);
    run.catch(() => undefined);
    return Promise.resolve(accepted);
  }

  #live(version: FunctionVersion): LiveVersion {
    const live = this.#parts.versions.get(version);
    if (!live) throw new Error(`isolet: version ${version.version} of ${version.functionName} is not live`);
    return live;
  }

  async #run(
    live: LiveVersion,
    invocation: Invocation,
    options: AnyInvokeOptions,
    ticket: Ticket = new Ticket(live.version.functionName, options),
  ): Promise<AnyResult> {
    const { signal, deadlineMs } = options;
    const unwatch = signal || deadlineMs !== undefined ? this.#watch(invocation, options) : undefined;
    try {
      const raw = await this.#parts.scheduler.run(ticket, () => live.pools.run(invocation));
      const mapped = raw.error ? mapTraces(raw, raw.error, live.traces) : raw;
      const completion = this.#read(mapped, options, isStreamed(invocation));
      const answered = completion instanceof Promise ? await completion : completion;
      this.#meter(live, invocation, answered);
      return this.#answer(live, invocation, answered, options);
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
  #watch(invocation: Invocation, { signal, deadlineMs }: AnyInvokeOptions): () => void {
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
    const record = billOf(
      invocation,
      completion,
      {
        functionName: version.functionName,
        functionVersion: version.version,
        memoryMb: settings.memoryMb,
        tags: settings.tags,
      },
      options.billingGranularityMs,
      options.clock.monotonicMs(),
    );
    ledger.add(record);
    if (invocation.logStreamName !== undefined && logs.isWanted(invocation)) {
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
    completion: Answered,
    options: AnyInvokeOptions,
  ): AnyResult {
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
        if (isStreamed(invocation)) {
          invocation.taker?.end(completion.text);
          return succeededAsStream(live, invocation, completion);
        }
        return options.payloadText === undefined
          ? succeeded(live, invocation, completion)
          : succeededAsText(live, invocation, completion);
      default:
        if (completion.outcome === "lost" && this.#closed) throw new EngineClosedError();
        if (completion.fault !== undefined) throw completion.fault;
        return failed(live, invocation, completion);
    }
  }

  /** Resolves when every result that has come by now has been read and given to its caller. */
  async drain(): Promise<void> {
    // What the scheduler has finished reaches the reader within this turn.
    await nextTurn();
    await this.#readings.idle();
    // And what has been read reaches its caller.
    await nextTurn();
  }

  /** From now on what is lost is lost because the engine closed. Results still being read are lost. */
  close(): void {
    this.#closed = true;
    this.#readings.close();
  }

  /** What came of it in the eyes of its caller. A promise only where there is much to read. */
  #read(
    completion: Completion,
    { type, payloadText }: AnyInvokeOptions,
    isStreamed: boolean,
  ): Answered | Promise<Answered> {
    if (type === "event" || isStreamed) return completion;
    if (payloadText !== undefined) return this.#readings.judge(completion, payloadText);
    return completion.outcome === "succeeded" ? this.#readings.read(completion) : completion;
  }
}

/** What an invocation of any kind may give. */
type AnyResult = InvocationResult | SucceededTextResult | SucceededStreamResult;

/** Whether its response goes to its taker. */
function isStreamed({ taker }: Invocation): boolean {
  return taker !== undefined && (taker.takesWhole || taker.hasBegun);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
