import { serveOperations } from "../bridge/operations.ts";
import type { Bindings } from "../bridge/bindings.ts";
import type { InvokeForGuest } from "../bridge/function-calls.ts";
import { hostOperations } from "../bridge/host-operations.ts";
import { PermissionLedger } from "../bridge/permission-ledger.ts";
import { FunctionRefusedError, InvalidCodeError, PlatformError } from "../base/errors.ts";
import type { Deadlines } from "../base/deadlines.ts";
import type { SafeEmitter } from "../base/events.ts";
import type { Environment } from "../environment/environment.ts";
import type { EnvironmentEnd, InitFailure } from "../environment/init.ts";
import { CodeStore } from "../functions/code-store.ts";
import type { FunctionVersion } from "../functions/function-version.ts";
import { packageCode } from "../functions/package-code.ts";
import { checkFunctionName } from "../functions/qualifier.ts";
import type { FunctionRegistry } from "../functions/registry.ts";
import { resolveSettings } from "../functions/resolve-settings.ts";
import type { FunctionSettings } from "../functions/settings.ts";
import { TraceMapper } from "../functions/trace-map.ts";
import { readGuestError } from "../invocation/failures.ts";
import type { Invocation } from "../invocation/invocation.ts";
import type { KillReport } from "../invocation/kill-report.ts";
import type { LogWriter } from "../logging/log-writer.ts";
import type { ResolvedOptions } from "../options.ts";
import { Pool } from "../pool/pool.ts";
import type { IdleList } from "../pool/idle-list.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { Compiles } from "./compiles.ts";
import type { EngineEvents } from "./events.ts";
import { placing } from "./inspection/inspections.ts";
import { logStreamName, sandboxVersionOf } from "./live-version.ts";
import type { CompiledCode, LiveVersion } from "./live-version.ts";
import type { Sandboxes } from "./sandboxes.ts";
import { VersionPools } from "./version-pools.ts";

/** What deployments work with. */
export interface DeploymentParts {
  readonly options: ResolvedOptions;
  readonly registry: FunctionRegistry;
  readonly sandboxes: Sandboxes;
  readonly scheduler: Scheduler;
  readonly deadlines: Deadlines;
  readonly idle: IdleList;
  readonly logs: LogWriter;
  readonly events: SafeEmitter<EngineEvents>;
  readonly bindings: Bindings;
  /** Invokes for functions. */
  readonly invoke: InvokeForGuest;
}

/** Deploys functions and holds what runs each version. */
export class Deployments {
  readonly #parts: DeploymentParts;
  readonly #compiles: Compiles;
  readonly #store: CodeStore | undefined;
  readonly #live = new Map<FunctionVersion, LiveVersion>();
  /** Deploys of one function happen one after the other, so that versions are numbered in the order of the calls. */
  readonly #turns = new Map<string, Promise<unknown>>();

  /** @throws InvalidOptionError when the cache folder can't be used. */
  constructor(parts: DeploymentParts) {
    this.#parts = parts;
    const { cacheDirectory, cacheLimitMb } = parts.options;
    this.#store = cacheDirectory === undefined ? undefined : new CodeStore(cacheDirectory, cacheLimitMb);
    this.#compiles = new Compiles(parts.options, this.#store);
  }

  get live(): ReadonlyMap<FunctionVersion, LiveVersion> {
    return this.#live;
  }

  find(version: FunctionVersion): LiveVersion {
    const live = this.#live.get(version);
    if (live) return live;
    throw new PlatformError(`isolet: version ${version.version} of ${version.functionName} is not live`);
  }

  deploy(name: string, settings: FunctionSettings): Promise<FunctionVersion> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const turn = before.then(
      () => this.#deployNow(name, settings),
      () => this.#deployNow(name, settings),
    );
    this.#turns.set(name, turn);
    const done = (): void => {
      if (this.#turns.get(name) === turn) this.#turns.delete(name);
    };
    turn.then(done, done);
    return turn;
  }

  /** Removes a function: what runs is finished, what waits is finished too, nothing new is taken. */
  remove(name: string): void {
    const versions = this.#parts.registry.remove(name);
    const [first] = versions;
    if (first) this.#parts.scheduler.setReserved(first.functionName, undefined);
    for (const version of versions) this.#retire(version, true);
  }

  /** Has environments do what they want to do at their end; gives what to wait for. */
  shutDown(): Promise<void>[] {
    return [...this.#live.values()].flatMap(({ pools }) => pools.shutDown("closed"));
  }

  close(): void {
    for (const { pools } of this.#live.values()) pools.close("closed");
  }

  async #deployNow(name: string, given: FunctionSettings): Promise<FunctionVersion> {
    const { options, registry, scheduler, sandboxes } = this.#parts;
    checkFunctionName(name);
    const settings = resolveSettings(name, given, { isolation: options.isolation, ...options.defaults });
    const { codeLimitBytes } = options;
    const { handler } = settings;
    const { layers } = given;
    const store = this.#store;
    const code = await packageCode(name, given.code, { codeLimitBytes, handler, layers, store });
    checkPack(name, code, sandboxes.packLimitBytes(settings.isolation));
    const sandbox = sandboxes.of(settings.isolation);
    const compiled = await this.#compiles.compile(name, code, sandbox, settings.isolation);
    scheduler.setReserved(name, settings.reservedConcurrency);
    const { version, retired } = registry.deploy(name, settings, code);
    const live = this.#bring(version, compiled);
    this.#retireEarlier(version);
    for (const old of retired) this.#retire(old, true);
    sandbox.prepare(settings.memoryMb);
    live.pools.provision();
    return version;
  }

  #bring(version: FunctionVersion, compiled: CompiledCode): LiveVersion {
    const { options, sandboxes, deadlines, idle } = this.#parts;
    const { settings } = version;
    const sandboxVersion = sandboxVersionOf(version, compiled, options);
    const nodeOptions = settings.environment["NODE_OPTIONS"] ?? "";
    const shipped = !/(?:^|\s)--no-enable-source-maps(?:\s|$)/.test(nodeOptions);
    const traces = new TraceMapper(version.code, { shipped });
    const ledger = new PermissionLedger();
    const parts = { version, sandboxVersion, traces, ledger, refusal: undefined, inspection: undefined };
    const { functionName, version: functionVersion } = version;
    const { permissions } = settings;
    const { bindings, invoke } = this.#parts;
    const services = { ...options, deadlines, bindings, invoke };
    const operations = hostOperations(services, { functionName, functionVersion, permissions, ledger });
    const serveCalls = serveOperations(operations, settings.limits.hostCalls);
    const listener = this.#listenerFor(version, traces);
    const makePool = (tenant: string | undefined): Pool =>
      new Pool({
        sandbox: placing(sandboxes, parts, tenant),
        debugHost: () => parts.inspection,
        clock: options.clock,
        deadlines,
        idle,
        version: sandboxVersion,
        environmentConcurrency: settings.environmentConcurrency,
        limit: Math.max(
          settings.reservedConcurrency ?? options.accountConcurrency,
          settings.provisionedConcurrency,
        ),
        provisioned: settings.provisionedConcurrency,
        initTimeoutMs: options.initTimeoutMs,
        timeoutMs: settings.timeoutMs,
        responseLimitBytes: options.payloadLimitBytes,
        streamLimitBytes: options.streamLimitBytes,
        serveCalls,
        shutdownMs: options.shutdownMs,
        newLogStream: () => logStreamName(version.version, options.clock.now()),
        listener,
      });
    const pools = new VersionPools(settings.isolation === "process-per-tenant", makePool);
    const live: LiveVersion = Object.assign(parts, { pools });
    this.#live.set(version, live);
    return live;
  }

  /** The version has cost a thread of the host: it isn't run there again. */
  #refuse(version: FunctionVersion): void {
    const live = this.#live.get(version);
    if (!live || live.refusal || version.settings.isolation !== "in-process") return;
    live.refusal = new FunctionRefusedError(version.functionName, version.version);
    this.#parts.events.emit("error", live.refusal);
    live.pools.close("refused", live.refusal);
  }

  #listenerFor(version: FunctionVersion, traces: TraceMapper) {
    const { functionName, version: functionVersion } = version;
    const { events, logs, options } = this.#parts;
    let environments = 0;
    const scaled = (change: 1 | -1): void => {
      environments += change;
      events.emit("scaling", { functionName, functionVersion, environments, change });
    };
    const sourceOf = ({ logStreamName: stream }: Environment) => ({
      functionName,
      functionVersion,
      logStreamName: stream,
    });
    return {
      started: (environment: Environment): void => {
        events.emit("environment", { type: "started", ...sourceOf(environment) });
        scaled(1);
      },
      ended: (environment: Environment, reason: EnvironmentEnd): void => {
        events.emit("environment", {
          type: "ended",
          ...sourceOf(environment),
          reason,
          ...killOf(environment.kill, traces),
        });
        scaled(-1);
      },
      initFailed: (environment: Environment, failure: InitFailure): void => {
        const { reason, initMs, errorText } = failure;
        const source = sourceOf(environment);
        const killed = killOf(failure.kill, traces);
        events.emit("environment", { type: "init-failed", ...source, reason, initMs, ...killed });
        const { errorType } = readGuestError(errorText, "");
        logs.initReport(source, initMs, errorType, killed.kill, options.clock.now());
      },
      tookCell: (): void => this.#refuse(version),
      log: (
        environment: Environment,
        invocation: Invocation | undefined,
        level: number,
        text: string,
        timeMs: number,
      ): void => {
        logs.functionLine(sourceOf(environment), invocation, level, traces.mapText(text), timeMs);
      },
    };
  }

  /** Versions before this one stay invocable, but keep no environments waiting. */
  #retireEarlier(newest: FunctionVersion): void {
    for (const number of this.#parts.registry.describe(newest.functionName).versions) {
      if (number === newest.version) continue;
      const earlier = this.#parts.registry.resolve(`${newest.functionName}:${number}`).version;
      this.#retire(earlier, false);
    }
  }

  #retire(version: FunctionVersion, forGood: boolean): void {
    const live = this.#live.get(version);
    if (!live) {
      if (forGood) return;
      throw new PlatformError(`isolet: version ${version.version} of ${version.functionName} is not live`);
    }
    live.pools.retire();
    if (!forGood) return;
    live.pools.onEmpty(() => {
      this.#live.delete(version);
      this.#parts.sandboxes.of(version.settings.isolation).forget(live.sandboxVersion.id);
    });
  }
}

function checkPack(name: string, { pack }: FunctionVersion["code"], limitBytes: number): void {
  if (!pack || pack.length <= limitBytes) return;
  throw new InvalidCodeError(
    `Function "${name}": its files have ${pack.length} bytes, over the ${limitBytes} that a process is sent. ` +
      `Leave out what isn't needed at run time, raise codeLimitBytes (the limit is one and a half times as much), or use ` +
      `isolation: "in-process".`,
    "InvalidParameterValueException",
  );
}

function killOf(kill: KillReport | undefined, traces: TraceMapper): { readonly kill?: KillReport } {
  return kill ? { kill: traces.mapKill(kill) } : {};
}
