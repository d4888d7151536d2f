import ivm from "isolated-vm";
import type { GuestEntries } from "../guest/contract.ts";
import { BOOT_GLOBAL, BUILTIN_GLOBAL, LOADED_GLOBAL } from "../guest/contract.ts";
import type { GuestAssets } from "./assets.ts";

/** Limit on the runtime's own evaluation, only there so that no run is without one. */
const RUNTIME_TIMEOUT_MS = 5_000;

/** The guest's entries as the cell holds them. */
export type EntryReferences = { readonly [K in keyof GuestEntries]: ivm.Reference<GuestEntries[K]> };

const ENTRY_NAMES = [
  "configure",
  "builtinNames",
  "loaded",
  "loadCommonJs",
  "invoke",
  "timer",
  "idle",
] as const;

/** What a guest says and asks, wired to whoever owns the environment by then. */
export interface GuestListener {
  receive(kind: number, a: number, text: string): void;
  answer(kind: number, text: string): string;
}

/**
 * An isolate with the guest runtime loaded and no user code: what every environment starts from, and what waits ready.
 */
export class GenericEnvironment {
  readonly isolate: ivm.Isolate;
  readonly context: ivm.Context;
  readonly entries: EntryReferences;
  /** Evaluated; gives ES modules of built-ins and the glue their way to the runtime. */
  readonly runtimeModule: ivm.Module;
  /** Compiled, to be linked: evaluated after the user's module, it hands that one's exports over within the guest. */
  readonly glue: ivm.Module;
  readonly memoryMb: number;
  #listener: GuestListener | undefined;

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
    this.runtimeModule = this.#makeRuntimeModule();
    this.glue = this.isolate.compileModuleSync(
      `import { loaded } from "isolet:runtime"; import * as exports from "isolet:user"; loaded(exports);`,
      { filename: "isolet:glue" },
    );
  }

  /** Sends what the guest says to `listener` from now on. */
  own(listener: GuestListener): void {
    this.#listener = listener;
  }

  #boot(): EntryReferences {
    const send = new ivm.Callback((kind: unknown, a: unknown, text: unknown) => {
      // Arguments come from the runtime, but nothing in an isolate is trusted with types.
      if (typeof kind === "number" && typeof a === "number" && typeof text === "string") {
        this.#listener?.receive(kind, a, text);
      }
    });
    const ask = new ivm.Callback((kind: unknown, text: unknown) =>
      typeof kind === "number" && typeof text === "string" ? (this.#listener?.answer(kind, text) ?? "") : "",
    );
    const { global } = this.context;
    const boot = global.getSync(BOOT_GLOBAL, { reference: true }) as unknown as ivm.Reference<
      (...args: unknown[]) => unknown
    >;
    global.deleteSync(BOOT_GLOBAL);
    const entries = boot.applySync(undefined, [send, ask], {
      timeout: RUNTIME_TIMEOUT_MS,
      result: { reference: true },
    }) as unknown as ivm.Reference<Record<string, unknown>>;
    const found = ENTRY_NAMES.map((name) => [name, entries.getSync(name, { reference: true })]);
    entries.release();
    boot.release();
    return Object.fromEntries(found) as EntryReferences;
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

  dispose(): void {
    this.#listener = undefined;
    if (!this.isolate.isDisposed) this.isolate.dispose();
  }
}
