import type { Calls } from "../calls.ts";
import { DYNAMIC_IMPORT, IMPORT_META } from "../../contract.ts";
import type { GuestPermissions, GuestRejection } from "../../contract.ts";
import { onMissingGlobal } from "../failures.ts";
import type { Handler } from "../handler.ts";
import type { HostPort } from "../host.ts";
import { globalObject, record, reflectDefineProperty, reflectGet } from "../primordials.ts";
import type { Cloning } from "./cloners.ts";
import { createConsole, Level, type LogFormat } from "./console.ts";
import { defineGlobals, defineLazyGlobal, defineLazyGlobals } from "./define.ts";
import { tellDebuggers } from "./debugger-console.ts";
import { endListeners } from "./end-listeners.ts";
import { isExitUnwind } from "./errors.ts";
import { removeForbidden, type Forbidden, type PermissionNote } from "./forbidden.ts";
import { createUncaught } from "./uncaught.ts";
import type { UncaughtListeners } from "./uncaught-listeners.ts";
import { createParts, type Parts, required } from "./parts.ts";
import { createOpenResponse } from "./responses.ts";
import type { OpenResponse } from "../streamed.ts";

export interface GlobalsOptions {
  /** An error that nobody caught: a timer's, a microtask's, a tick's or an event listener's callback threw. */
  readonly reportUncaught: (error: unknown) => void;
  /** `process.exit(code)` was called: tell the host. What `process.exit` then throws is not reported. */
  readonly onExit: (code: number) => void;
}

/** What the runtime does with the globals it has installed. */
export interface GuestGlobals {
  /**
   * Whose log lines are written from now on. Only what the function itself may read is set here, under the symbols of
   * Lambda's own runtime; the records are stamped by the cell.
   */
  setCurrentRequest(requestId: string | undefined, tenantId?: string): void;
  /** Before user code, and before `process` is first read. `AWS_LAMBDA_LOG_LEVEL` in it takes effect. */
  setEnvironment(environment: Readonly<Record<string, string>>): void;
  /** Such as `nodejs24.x`; before `process` is first read. And the path of the user's module. */
  setRuntime(runtime: string, filename: string): void;
  setLogFormat(format: LogFormat): void;
  /** Has contexts of `node:async_hooks` tracked from now on; before user code. */
  trackContext(): void;
  /** Has listeners for rejections get the very promises; before user code. */
  followPromises(): void;
  /** An invocation begins, with no context of another's. */
  resetContext(): void;
  /** Loads the function's files. */
  readonly loader: Parts["loader"];
  /** Has names stand for `import()` and `import.meta` in the user's module; before user code. */
  defineImports(filename: string): void;
  /** Gives back dangerous globals that the function is granted; before user code. */
  grant: Forbidden["grant"];
  /** User code has loaded. */
  readonly closeLoading: Forbidden["close"];
  /** Logs as `console.error` would. */
  logError(...args: readonly unknown[]): void;
  fireTimer(id: number): void;
  /** A reply to a call has come. */
  reply(id: number, kind: number, text: string): void;
  /** How many timers and immediates that were not `unref`ed are set. */
  pendingTimers(): number;
  /** Runs what `process.nextTick` has queued; for the end of each entry, before microtasks run. */
  runTicks(): void;
  /** A built-in module's exports, by its name with or without `node:`; undefined if there is none. */
  requireBuiltin(name: string): unknown;
  /** As CommonJS's `require`: {@link requireBuiltin}, or throws with the code MODULE_NOT_FOUND. */
  require(name: unknown): unknown;
  /** The stream for the response of an invocation. */
  openResponse: OpenResponse;
  /** A handler over the `fetch` of a default export. */
  webHandler(target: object): Required<Pick<Handler, "call" | "stream">>;
  /** Has debuggers hear what is logged. */
  tellDebuggers(): void;
  /** Whether there are listeners for `SIGTERM`. */
  listensForEnd(): boolean;
  /** Has them called. */
  tellEnd(): void;
  /** Nothing is left to happen while an invocation is unfinished. Whether a listener of `beforeExit` has ended the process. */
  tellIdle(): boolean;
  /** A rejection that nobody handles. False when nobody listens for such. */
  rejected(rejection: GuestRejection): boolean;
  /** Logs as `console.warn` would. */
  warn(message: string): void;
  /** Whether `value` is what `process.exit` throws, which is no failure. */
  isExitUnwind(value: unknown): boolean;
}

export function installGlobals(host: HostPort, options: GlobalsOptions): GuestGlobals {
  const facts = {
    environment: {} as Readonly<Record<string, string>>,
    runtime: "nodejs24.x",
    filename: "",
    permissions: {} as GuestPermissions,
  };
  const uncaught = createUncaught({
    listeners: () => parts.madeProcess() as UncaughtListeners | undefined,
    report: options.reportUncaught,
    chunks: () => parts.chunks,
    nextTick: (callback) => parts.ticks.nextTick(callback),
  });
  const parts = createParts(host, { facts, report: uncaught.caught, onExit: options.onExit });
  const note = createPermissionNote(parts.calls);
  onMissingGlobal(() => note("-wasm"));
  const importer = (specifier: unknown): unknown => parts.loader().importer(facts.filename)(specifier);
  const forbidden = removeForbidden(parts.chunks, note, importer);
  definePlain(parts);
  defineCurrentRequest();
  defineLazy(parts);
  defineDispatchers(parts);
  const { logger, calls, timers, ticks, builtins, frames } = parts;
  const end = endListeners(parts, options.reportUncaught);
  return {
    setCurrentRequest,
    setEnvironment(environment) {
      facts.environment = environment;
      logger.setLowestLevel(environment["AWS_LAMBDA_LOG_LEVEL"]);
    },
    setRuntime(runtime, filename) {
      facts.runtime = runtime;
      facts.filename = filename;
    },
    trackContext: () => void builtins.find("async_hooks"),
    resetContext() {
      frames.current = undefined;
    },
    grant(permissions) {
      facts.permissions = permissions;
      forbidden.grant(permissions);
    },
    closeLoading: forbidden.close,
    loader: parts.loader,
    defineImports(filename) {
      defineLazyGlobal(parts.chunks, DYNAMIC_IMPORT, () => parts.loader().importer(filename));
      defineLazyGlobal(parts.chunks, IMPORT_META, () => parts.loader().meta(filename));
    },
    setLogFormat: logger.setFormat,
    logError: (...args) => logger.log(Level.Error, args),
    fireTimer: timers.fire,
    reply: calls.reply,
    pendingTimers: timers.pending,
    runTicks: ticks.runTicks,
    requireBuiltin: builtins.find,
    require: builtins.require,
    webHandler: (target) =>
      parts.chunks.load("web-handler").webHandler(target as never, globalObject as never) as never,
    tellDebuggers: () => tellDebuggers(logger),
    listensForEnd: end.listensForEnd,
    tellEnd: end.tellEnd,
    tellIdle: end.tellIdle,
    rejected: uncaught.rejected,
    followPromises: uncaught.followPromises,
    openResponse: createOpenResponse(parts),
    warn: (message) => logger.log(Level.Warn, [message]),
    isExitUnwind,
  };
}

/** Each is said once: how often is no matter, and calls are counted. */
function createPermissionNote(calls: Calls): PermissionNote {
  const said = record<Record<string, boolean>>({});
  return (text) => {
    if (said[text]) return;
    said[text] = true;
    calls.open("permission.note", text, { done: () => undefined, failed: () => undefined });
  };
}

const PLAIN: readonly string[] = [
  "fetch",
  "reportError",
  "global",
  "queueMicrotask",
  "structuredClone",
  "atob",
  "btoa",
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
  "clearImmediate",
];

function definePlain(parts: Parts): void {
  const { timers, ticks, base64 } = parts;
  defineGlobals(PLAIN, [
    createFetch(parts),
    createReportError(parts),
    globalObject,
    ticks.queueMicrotask,
    createStructuredClone(parts),
    base64.atob,
    base64.btoa,
    timers.setTimeout,
    timers.clearTimeout,
    timers.setInterval,
    timers.clearInterval,
    timers.setImmediate,
    timers.clearImmediate,
  ]);
}

function defineLazy({ builtins, chunks, clock, intrinsics, logger }: Parts): void {
  defineLazyGlobal(chunks, "console", () => {
    const console = createConsole(logger, chunks, clock.now);
    // The module puts the class there.
    const get = (): unknown => builtins.find("node:console") && reflectGet(console, "Console");
    reflectDefineProperty(console, "Console", record({ get, configurable: true, enumerable: true }));
    return console;
  });
  defineLazyGlobals(chunks, intrinsics.names, intrinsics.get);
}

/** As if nobody had caught the error. */
function createReportError({ report }: Parts): (...args: unknown[]) => void {
  return function reportError(...args) {
    report(required(args, "e"));
  };
}

/** A function of its own, so that asking for its type loads nothing. */
function createFetch({ webChunk }: Parts): (input: unknown) => unknown {
  return function fetch(input: unknown, init?: unknown) {
    return (webChunk("fetch") as { fetch(input: unknown, init: unknown): unknown }).fetch(input, init);
  };
}

function createStructuredClone({ webChunk }: Parts): (...args: unknown[]) => unknown {
  return function structuredClone(...args) {
    const value = required(args, "value");
    const { structuredClone: clone } = webChunk("structured-clone") as Cloning;
    return clone(value, args[1]);
  };
}

const requestIdKey = Symbol.for("aws.lambda.runtime.requestId");
const tenantIdKey = Symbol.for("aws.lambda.runtime.tenantId");

let currentRequestId: string | undefined;
let currentTenantId: string | undefined;

/** Runs at the start of every invocation, hence two assignments and no property defined anew. */
function setCurrentRequest(requestId: string | undefined, tenantId?: string): void {
  currentRequestId = requestId;
  currentTenantId = tenantId;
}

/** Where Lambda's own runtime keeps them, and libraries look. */
function defineCurrentRequest(): void {
  defineHidden(
    requestIdKey,
    () => currentRequestId,
    (value) => (currentRequestId = value),
  );
  defineHidden(
    tenantIdKey,
    () => currentTenantId,
    (value) => (currentTenantId = value),
  );
}

/** Where every copy of the package undici, from version 4 on, looks for what sends its requests. */
function defineDispatchers({ webChunk }: Parts): void {
  const keys = [Symbol.for("undici.globalDispatcher.1"), Symbol.for("undici.globalDispatcher.2")];
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as symbol;
    const set = (value: unknown): void => {
      const descriptor = { value, writable: true, enumerable: false, configurable: true };
      reflectDefineProperty(globalObject, key, record(descriptor));
    };
    const get = (): unknown => (webChunk("undici-dispatcher") as { readonly dispatcher: object }).dispatcher;
    reflectDefineProperty(globalObject, key, record({ get, set, enumerable: false, configurable: true }));
  }
}

function defineHidden(
  key: symbol,
  get: () => string | undefined,
  set: (value: string | undefined) => void,
): void {
  reflectDefineProperty(globalObject, key, { get, set, enumerable: false, configurable: true });
}
