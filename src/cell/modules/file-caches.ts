import type ivm from "isolated-vm";
import { takeCache } from "../code-cache.ts";
import type { GenericEnvironment } from "../generic-environment.ts";
import type { CompiledForm } from "./compiled-form.ts";

/** How long after a file has been loaded caches are taken: the first invocation is mostly over by then. */
const LEARN_AFTER_MS = 100;

/** How long taking caches may hold the cell's thread at once. */
const SLICE_MS = 2;

/** Text of all files whose caches are kept, in UTF-16 units; a cache takes about as many bytes. */
const TEXT_LIMIT = 16_777_216;

interface Loaded {
  readonly target: GenericEnvironment;
  readonly path: string;
  readonly form: CompiledForm;
}

/**
 * Code caches of a version's files, each taken from the first environment that has loaded the file. They never leave the
 * cell, where guests have run, and serve the version's own environments only.
 */
export class FileCaches {
  readonly #taken = new Map<string, ivm.ExternalCopy<ArrayBuffer> | undefined>();
  #waiting: Loaded[] = [];
  #textLength = 0;

  /** The cache of a file, if there is one. */
  of(path: string): ivm.ExternalCopy<ArrayBuffer> | undefined {
    return this.#taken.get(path);
  }

  /** An environment has loaded a file. */
  loaded(target: GenericEnvironment, path: string, form: CompiledForm): void {
    if (this.#taken.has(path) || this.#textLength + form.text.length > TEXT_LIMIT) return;
    this.#taken.set(path, undefined);
    this.#textLength += form.text.length;
    if (this.#waiting.push({ target, path, form }) === 1) this.#later(LEARN_AFTER_MS);
  }

  #later(delayMs: number): void {
    setTimeout(() => this.#takeSome(), delayMs).unref();
  }

  #takeSome(): void {
    const endMs = performance.now() + SLICE_MS;
    while (this.#waiting.length > 0 && performance.now() < endMs) {
      const next = this.#waiting.pop();
      if (next) this.#take(next);
    }
    if (this.#waiting.length > 0) this.#later(1);
  }

  #take({ target, path, form }: Loaded): void {
    const cache = takeCache(target, form.text, form.origin);
    if (cache) this.#taken.set(path, cache);
    else {
      this.#taken.delete(path);
      this.#textLength -= form.text.length;
    }
  }
}
