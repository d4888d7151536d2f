import ivm from "isolated-vm";
import { BOOT_GLOBAL, BUILTIN_GLOBAL, LOADED_GLOBAL, MODULES_GLOBAL } from "../guest/contract.ts";
import type { GuestAssets } from "./assets.ts";
import { EntryReferences } from "./entry-references.ts";

/** Limit on the runtime's own evaluation, only there so that no run is without one. */
const RUNTIME_TIMEOUT_MS = 5_000;

/** What a guest says and asks, of whatever type it is, wired to whoever owns the environment by then. */
export interface GuestListener {
  receive(kind: unknown, a: unknown, text: unknown): string | undefined;
  answer(kind: number, text: string): string;
  /** It has asked for what can't be asked. */
  violate(): void;
}

/**
 * An isolate with the guest runtime loaded and no user code: what every environment starts from, and what waits ready.
 */
export class GenericEnvironment {
  readonly isolate: ivm.Isolate;
  readonly context: ivm.Context;
  readonly entries: EntryReferences;
  readonly memoryMb: number;
  readonly isInspected: boolean;
  #listener: GuestListener | undefined;
  #ownCpuNs = 0n;
  #runtimeModule: ivm.Module | undefined;

  /** With `isInspected` a debugger can attach to it; it is then entered by {@link enter} alone once it runs user code. */
  constructor(assets: GuestAssets, memoryMb: number, isInspected: boolean = false) {
    this.memoryMb = memoryMb;
    this.isInspected = isInspected;
    // Without `onCatastrophicError`: in a worker thread isolated-vm calls it from its timer's thread, which crashes the
    // process (seen with 7.0.1) whenever a guest can't be stopped. A host that sees no answer needs no call.
    this.isolate = new ivm.Isolate({ memoryLimit: memoryMb, inspector: isInspected });
    this.context = this.isolate.createContextSync({ inspector: isInspected });
    const script = assets.runtime.compile(this.isolate);
    script.runSync(this.context, { timeout: RUNTIME_TIMEOUT_MS });
    script.release();
    this.entries = this.#boot();
  }

  /** Sends what the guest says to `listener` from now on. */
  own(listener: GuestListener): void {
    this.#listener = listener;
  }

  #boot(): EntryReferences {
    const send = new ivm.Callback((kind: unknown, a: unknown, text: unknown) => this.#send(kind, a, text));
    const ask = new ivm.Callback((kind: unknown, text: unknown) => this.#ask(kind, text));
    const { global } = this.context;
    const boot = global.getSync(BOOT_GLOBAL, { reference: true }) as unknown as ivm.Reference<
      (...args: unknown[]) => unknown
    >;
    global.deleteSync(BOOT_GLOBAL);
    const entries = boot.applySync(undefined, [send, ask], {
      timeout: RUNTIME_TIMEOUT_MS,
      result: { reference: true },
    }) as unknown as ivm.Reference<Record<string, unknown>>;
    boot.release();
    return new EntryReferences(entries);
  }

  #send(kind: unknown, a: unknown, text: unknown): string | undefined {
    return this.#listener?.receive(kind, a, text);
  }

  /** Throws nothing of the cell's: what it threw would be copied into the guest with the cell's own stack. */
  #ask(kind: unknown, text: unknown): string {
    const listener = this.#listener;
    if (!listener) return "";
    if (typeof kind !== "number" || typeof text !== "string") {
      listener.violate();
      return "";
    }
    try {
      return listener.answer(kind, text);
    } catch {
      return "";
    }
  }

  /**
   * An ES module that gives the cell's other ones their way to the runtime, which only those need that load any.
   * Evaluated in a run of its own under `timeout`, or inside of the one under way.
   */
  runtimeModule(timeout?: number): ivm.Module {
    this.#runtimeModule ??= this.#makeRuntimeModule(timeout === undefined ? {} : { timeout });
    return this.#runtimeModule;
  }

  #makeRuntimeModule(options: { readonly timeout?: number }): ivm.Module {
    this.entries.exposeToModules.applySync(undefined, [], options);
    const names = Object.entries({ loaded: LOADED_GLOBAL, builtin: BUILTIN_GLOBAL, modules: MODULES_GLOBAL });
    const module = this.isolate.compileModuleSync(
      `export const ${names.map(([name, global]) => `${name} = globalThis.${global}`).join(", ")};` +
        names.map(([, global]) => `delete globalThis.${global};`).join(" "),
      { filename: "isolet:runtime-module" },
    );
    module.instantiateSync(this.context, () => module);
    module.evaluateSync(options);
    return module;
  }

  /**
   * Calls an entry on this thread; or of an inspected guest on another, so that this one stays free while it is paused.
   * That has no `timeout`: a debugger takes all the time it wants.
   */
  enter<Args extends (number | string)[]>(
    entry: ivm.Reference<(...args: Args) => void>,
    args: Args,
    timeoutMs: number,
  ): Promise<unknown> | undefined {
    const reference = entry as ivm.Reference<(...args: (number | string)[]) => void>;
    if (this.isInspected) return reference.apply(undefined, args, {});
    reference.applySync(undefined, args, { timeout: timeoutMs });
    return undefined;
  }

  /** From within a call of the isolate's: V8 refuses a session to a thread that is not in it (seen with Node 26). */
  makeSession(): ivm.InspectorSession {
    let session: ivm.InspectorSession | undefined;
    const make = new ivm.Callback(() => {
      session = this.isolate.createInspectorSession();
    });
    this.context.evalClosureSync("$0()", [make], { timeout: RUNTIME_TIMEOUT_MS });
    if (!session) throw new Error("isolet: no inspector session could be made");
    return session;
  }

  /** CPU time in nanoseconds, without what was done {@link atOwnExpense}. */
  get cpuNs(): bigint {
    return this.isolate.cpuTime - this.#ownCpuNs;
  }

  /** Does something in the isolate, between its runs, that the cell does for itself and no function is charged for. */
  atOwnExpense(act: (isolate: ivm.Isolate) => void): void {
    const { isolate } = this;
    const beforeNs = isolate.cpuTime;
    try {
      act(isolate);
    } finally {
      if (!isolate.isDisposed) this.#ownCpuNs += isolate.cpuTime - beforeNs;
    }
  }

  /** Stops the guest where it is, from within one of its calls. */
  stop(): void {
    if (!this.isolate.isDisposed) this.isolate.dispose();
  }

  dispose(): void {
    this.#listener = undefined;
    this.stop();
  }
}
