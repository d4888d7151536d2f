import ivm from "isolated-vm";
import type { GenericEnvironment } from "./generic-environment.ts";

/** How long after its code has loaded an environment is learned from: its first invocation is mostly over by then. */
const LEARN_AFTER_MS = 100;

/** Longest text that is learned from, in UTF-16 units: making a cache takes about 10 ms for a million. */
const LEARN_LIMIT = 4_194_304;

/** Share of its heap limit beyond which an environment is not learned from, lest that be what fills it. */
const FULL = 0.5;

/** Where a script has run. */
export type LearnedFrom = Pick<GenericEnvironment, "isolate" | "atOwnExpense">;

/**
 * A version's code cache. The one it is deployed with has what compiling its code gave: the outermost functions. In an
 * environment that has run it V8 has compiled what running takes, and a cache that is taken there has that, too: a
 * library of 200 KB then takes 2.6 ms to load and call instead of 8.5. It never leaves its cell, where guests have run,
 * and serves the version's own environments only.
 */
export class CodeCache {
  #data: ivm.ExternalCopy<ArrayBuffer>;
  #isLearning = false;

  constructor(bytes: Uint8Array) {
    this.#data = new ivm.ExternalCopy(bufferOf(bytes));
  }

  /** The best there is so far, in the form isolates take. */
  get data(): ivm.ExternalCopy<ArrayBuffer> {
    return this.#data;
  }

  /** Takes a better one a little later from `target`, which has just run the script, unless that was done before. */
  learn(target: LearnedFrom, text: string, origin: ivm.ScriptOrigin): void {
    if (this.#isLearning || text.length > LEARN_LIMIT) return;
    this.#isLearning = true;
    setTimeout(() => {
      const learned = takeCache(target, text, origin);
      if (learned) this.#data = learned;
      else this.#isLearning = false;
    }, LEARN_AFTER_MS).unref();
  }
}

/** The code cache of a script that has run in `target`; undefined when it can't be taken there. */
export function takeCache(
  target: LearnedFrom,
  text: string,
  origin: ivm.ScriptOrigin,
): ivm.ExternalCopy<ArrayBuffer> | undefined {
  let cachedData: ivm.ExternalCopy<ArrayBuffer> | undefined;
  try {
    if (target.isolate.isDisposed || isFull(target.isolate)) return undefined;
    target.atOwnExpense((isolate) => {
      // V8 finds the script it has compiled before, with the functions that it has compiled since.
      const script = isolate.compileScriptSync(text, { ...origin, produceCachedData: true });
      ({ cachedData } = script as { cachedData?: ivm.ExternalCopy<ArrayBuffer> });
      script.release();
    });
  } catch {
    // The next environment may do.
  }
  return cachedData;
}

function isFull(isolate: ivm.Isolate): boolean {
  const { used_heap_size, heap_size_limit } = isolate.getHeapStatisticsSync();
  return used_heap_size > heap_size_limit * FULL;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
