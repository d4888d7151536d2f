import ivm from "isolated-vm";
import { BOOT_GLOBAL, BUILTIN_GLOBAL, LOADED_GLOBAL } from "../guest/contract.ts";
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

/** ES modules of the cell's own. */
export interface CellModules {
  /** Evaluated; gives ES modules of built-ins and the glue their way to the runtime. */
  readonly runtime: ivm.Module;
  /** Compiled, to be linked: evaluated after the user's module, it hands that one's exports over within the guest. */
  readonly glue: ivm.Module;
}

/**
 * An isolate with the guest runtime loaded and no user code: what every environment starts from, and what waits ready.
 */
export class GenericEnvironment {
  readonly isolate: ivm.Isolate;
  readonly context: ivm.Context;
  readonly entries: EntryReferences;
  readonly memoryMb: number;
  #listener: GuestListener | undefined;
  #ownCpuNs = 0n;

  constructor(assets: GuestAssets, memoryMb: number) {
    this.memoryMb = memoryMb;
    // Without `onCatastrophicError`: in a worker thread isolated-vm calls it from its timer's thread, which crashes the
    // process (seen with 7.0.1) whenever a guest can't be stopped. A host that sees no answer needs no call.
    this.isolate = new ivm.Isolate({ memoryLimit: memoryMb });
    this.context = this.isolate.createContextSync();
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

  /** The cell's own ES modules, which take as long to make as a small function to load: only those need them that do. */
  makeModules(): CellModules {
    this.entries.exposeToModules.applySync(undefined, [], { timeout: RUNTIME_TIMEOUT_MS });
    const glue = this.isolate.compileModuleSync(
      `import { loaded } from "isolet:runtime"; import * as exports from "isolet:user"; loaded(exports);`,
      { filename: "isolet:glue" },
    );
    return { runtime: this.#makeRuntimeModule(), glue };
  }

  #makeRuntimeModule(): ivm.Module {
    const module = this.isolate.compileModuleSync(
      `export const loaded = globalThis.${LOADED_GLOBAL}, builtin = globalThis.${BUILTIN_GLOBAL};` +
        `delete globalThis.${LOADED_GLOBAL}; delete globalThis.${BUILTIN_GLOBAL};`,
      { filename: "isolet:runtime-module" },
    );
    module.instantiateSync(this.context, () => module);
    module.evaluateSync({ timeout: RUNTIME_TIMEOUT_MS });
    return module;
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
