import { EngineClosedError } from "./base/errors.ts";
import type { SafeEmitter } from "./base/events.ts";
import { callableOf } from "./engine/callable.ts";
import type { FunctionCallable } from "./engine/callable.ts";
import { describeFunction, describeVersion } from "./engine/descriptions.ts";
import type { DeployedFunction, DeployedVersion } from "./engine/descriptions.ts";
import { composeEngine } from "./engine/compose.ts";
import type { Deployments } from "./engine/deployments.ts";
import { Listenable } from "./engine/listenable.ts";
import { permissionReport } from "./engine/permissions.ts";
import type { PermissionReport } from "./engine/permissions.ts";
import type { BindingTable } from "./functions/binding.ts";
import type { EngineEvents } from "./engine/events.ts";
import { checkStreamOptions, openInvocationStream, openResponse } from "./engine/invocation-stream.ts";
import type { InspectedFunction, InspectOptions } from "./engine/inspection/options.ts";
import type { Inspections } from "./engine/inspection/inspections.ts";
import type { ResponseBody } from "./engine/response-body.ts";
import type { Runner } from "./engine/runner.ts";
import type { Sandboxes } from "./engine/sandboxes.ts";
import { AttachedSources } from "./engine/sources.ts";
import { engineStats } from "./engine/stats.ts";
import type { EngineStats } from "./engine/stats.ts";
import type { AliasDescription, AliasSettings } from "./functions/function-version.ts";
import type { FunctionRegistry } from "./functions/registry.ts";
import type { FunctionSettings } from "./functions/settings.ts";
import type { InvocationStream } from "./invocation/invocation-stream.ts";
import type {
  AnyInvokeOptions,
  InvokeOptions,
  Invoker,
  StreamInvokeOptions,
  TextInvokeOptions,
} from "./invocation/invoker.ts";
import type {
  AcceptedResult,
  CheckedResult,
  InvocationResult,
  RequestResult,
  TextRequestResult,
} from "./invocation/result.ts";
import type { UsageLedger } from "./metering/usage.ts";
import type { Usage } from "./metering/usage.ts";
import type { EngineOptions } from "./options.ts";
import type { IdleList } from "./pool/idle-list.ts";
import type { Scheduler } from "./scheduler/scheduler.ts";
import type { EventSource } from "./sources/source.ts";

/**
 * AWS Lambda as a library: deploys functions into V8 isolates of this process and runs them under limits.
 *
 * An engine keeps no process alive by being there, only while it owes a result. `close` it, or declare it with
 * `await using`, to end its threads.
 */
export class Engine extends Listenable implements Invoker, AsyncDisposable {
  /** What the host offers to functions: the option `bindings`, and what is offered and revoked since. */
  readonly bindings: BindingTable;
  readonly #events: SafeEmitter<EngineEvents>;
  readonly #registry: FunctionRegistry;
  readonly #sandboxes: Sandboxes;
  readonly #scheduler: Scheduler;
  readonly #idle: IdleList;
  readonly #ledger: UsageLedger;
  readonly #deployments: Deployments;
  readonly #inspections: Inspections;
  readonly #runner: Runner;
  readonly #sources: AttachedSources;
  #state: "open" | "draining" | "closed" = "open";
  #drained: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #sourcesStopping = false;

  /** Throws `InvalidOptionError` for an option outside its range. Starts nothing: cells start with the first deploy. */
  constructor(options: EngineOptions = {}) {
    const parts = composeEngine(options);
    super(parts.events);
    this.#events = parts.events;
    this.bindings = parts.bindings;
    this.#registry = parts.registry;
    this.#sandboxes = parts.sandboxes;
    this.#scheduler = parts.scheduler;
    this.#idle = parts.idle;
    this.#ledger = parts.ledger;
    this.#deployments = parts.deployments;
    this.#inspections = parts.inspections;
    this.#runner = parts.runner;
    this.#sources = new AttachedSources({
      invoker: {
        invoke: (name: string, payload: unknown, given?: InvokeOptions) =>
          this.#runForSource(name, payload, given),
        respond: (name, payload, { streams, ...given }) =>
          openResponse(streams, (taker) => this.#runForSource(name, payload, given, taker)),
      },
      clock: parts.options.clock,
      onError: (error) => this.#events.emit("error", error),
    });
  }

  /**
   * Publishes a new version of function `name` and makes the bare name mean it. What runs on the version before is
   * finished there. The code is bundled (`{ file }`) and compiled once, off the host's thread.
   *
   * Rejects with `InvalidOptionError` for a setting outside its range, `InvalidNameError`, `InvalidCodeError` for a
   * missing file, an import that can't be found or a syntax error, and `EngineClosedError`.
   */
  async deploy(name: string, settings: FunctionSettings): Promise<DeployedVersion> {
    this.#refuseUnlessOpen();
    const version = await this.#deployments.deploy(name, settings);
    await this.#inspections.deployed(version);
    return describeVersion(version);
  }

  /** Every deployed function, in the order of first deployment. */
  list(): DeployedFunction[] {
    return this.#registry.list().map(describeFunction);
  }

  /** One deployed function. Throws `FunctionNotFoundError`. */
  describe(name: string): DeployedFunction {
    return describeFunction(this.#registry.describe(name));
  }

  /** Removes a function with all its versions and aliases; what it was already given is finished. Throws `FunctionNotFoundError`. */
  remove(name: string): void {
    this.#deployments.remove(name);
  }

  /** Makes an alias of function `name`, or moves it. Throws `InvalidNameError`, `FunctionNotFoundError`, `InvalidOptionError`. */
  putAlias(name: string, alias: string, settings: AliasSettings): AliasDescription {
    return this.#registry.putAlias(name, alias, settings);
  }

  /** Removes an alias; versions stay. Throws `FunctionNotFoundError`. */
  removeAlias(name: string, alias: string): void {
    this.#registry.removeAlias(name, alias);
  }

  invoke(
    name: string,
    payload: unknown,
    options: AnyInvokeOptions & { readonly type: "event" },
  ): Promise<AcceptedResult>;
  invoke(
    name: string,
    payload: unknown,
    options: AnyInvokeOptions & { readonly type: "dry-run" },
  ): Promise<CheckedResult>;
  invoke(
    name: string,
    payload: undefined,
    options: TextInvokeOptions & { readonly type?: "request" },
  ): Promise<TextRequestResult>;
  invoke<Out = unknown>(
    name: string,
    payload?: unknown,
    options?: InvokeOptions & { readonly type?: "request" },
  ): Promise<RequestResult<Out>>;
  invoke<Out = unknown>(
    name: string,
    payload?: unknown,
    options?: InvokeOptions,
  ): Promise<InvocationResult<Out>>;
  /**
   * Invokes `name` (a function, `fn:alias`, `fn:version` or a Lambda ARN) with `payload`.
   *
   * A function's own failure is a result with `status: "failed"`. The promise rejects only for the caller's or the
   * platform's faults: `FunctionNotFoundError`, `InvalidPayloadError`, `PayloadTooLargeError`, `InvalidOptionError`,
   * `ThrottledError`, `AbortedError`, `EngineClosedError`.
   *
   * With `type: "event"` the invocation is accepted and run without anybody waiting for it; it is not yet retried nor
   * stored, so that closing the engine loses it.
   *
   * With `payloadText` in place of `payload`, event and result stay JSON text, which the host neither writes nor parses.
   */
  invoke(name: string, payload?: unknown, options?: AnyInvokeOptions): Promise<never> {
    if (this.#state !== "open") return Promise.reject(this.#closedError());
    return this.#runner.invoke(name, payload, options) as Promise<never>;
  }

  /**
   * Invokes as `invoke` does and gives the response as it comes, of a handler made by `awslambda.streamifyResponse`.
   * Resolves with the first bytes, or with the end of one that writes none; at most `streamLimitBytes` are let through,
   * and the handler is kept from writing more than 256 KB ahead of the reader. Rejects as `invoke` does.
   */
  async invokeStream(
    name: string,
    payload?: unknown,
    options: StreamInvokeOptions = {},
  ): Promise<InvocationStream> {
    if (this.#state !== "open") throw this.#closedError();
    checkStreamOptions(options);
    return openInvocationStream(
      (body) => this.#runner.invoke(name, payload, options, { taker: body }) as Promise<never>,
    );
  }

  /** A function as a callable that gives the payload itself and throws `FunctionError` when the function failed. */
  function<In = unknown, Out = unknown>(name: string): FunctionCallable<In, Out> {
    return callableOf<In, Out>(this, name);
  }

  /**
   * What a function (`fn`, `fn:alias`, `fn:version`) did with its permissions since that version was deployed, so that the
   * least it needs can be granted after a test run. Throws `FunctionNotFoundError`.
   */
  permissions(name: string): PermissionReport {
    return permissionReport(this.#deployments.find(this.#registry.resolve(name).version));
  }

  /**
   * Lets debuggers attach to the environments of a function: Chrome DevTools, VS Code and whatever else speaks the
   * inspector's protocol, on a port of the loopback interface. Its environments are replaced by ones in cells of their own,
   * the first of them at once; by the bare name, those of versions deployed later, too. While a debugger is attached, timeouts stand still; limits on CPU time and on init don't hold.
   *
   * Whoever can attach can do all that the function can, and in-process more: never open the port to others.
   * Rejects with `FunctionNotFoundError`, and with `InvalidOptionError` for a function that is being inspected.
   */
  async inspect(name: string, options: InspectOptions = {}): Promise<InspectedFunction> {
    this.#refuseUnlessOpen();
    return this.#inspections.inspect(name, options);
  }

  /** Starts an event source. Rejects with `SourceError` when it is attached already or its options are wrong. */
  async attach(source: EventSource): Promise<void> {
    this.#refuseUnlessOpen();
    await this.#sources.attach(source);
  }

  /** Stops an attached source and waits for what it has in flight. */
  async detach(source: EventSource): Promise<void> {
    await this.#sources.detach(source);
  }

  /** Sums of all meter records so far. */
  usage(): Usage {
    return this.#ledger.usage();
  }

  /** Pools, queues and cells at this moment. */
  stats(): EngineStats {
    return engineStats(this.#deployments.live, this.#scheduler, this.#sandboxes.all, this.#idle);
  }

  /** Stops event sources, takes no more invocations, and resolves when all that were taken are finished. Idempotent. */
  drain(): Promise<void> {
    return (this.#drained ??= this.#drain());
  }

  /**
   * Ends everything now: what waits and what runs is rejected with `EngineClosedError`. Functions that listen for `SIGTERM`
   * may finish what they run within `shutdownMs`, and are told then. Idempotent.
   */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #drain(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "draining";
    this.#sourcesStopping = true;
    await this.#sources.stop();
    this.#sourcesStopping = false;
    await this.#scheduler.drain();
    await this.#runner.drain();
  }

  async #close(): Promise<void> {
    this.#state = "closed";
    this.#runner.close();
    this.#scheduler.close();
    await Promise.all([...this.#deployments.shutDown(), this.#inspections.close()]);
    this.#deployments.close();
    this.#idle.close();
    await Promise.all([this.#sources.abandon(), this.#sandboxes.close()]);
  }

  /** Sources finish what they have in flight while they stop, which may take invocations of its own. */
  #runForSource(
    name: string,
    payload: unknown,
    options?: InvokeOptions,
    taker?: ResponseBody,
  ): Promise<never> {
    const mayFinish = this.#state === "draining" && this.#sourcesStopping;
    if (this.#state !== "open" && !mayFinish) return Promise.reject(this.#closedError());
    return this.#runner.invoke(name, payload, options, { taker }) as Promise<never>;
  }

  #refuseUnlessOpen(): void {
    if (this.#state !== "open") throw this.#closedError();
  }

  #closedError(): EngineClosedError {
    if (this.#state === "closed") return new EngineClosedError();
    return new EngineClosedError("The engine is draining and takes nothing new; make a new Engine.");
  }
}
