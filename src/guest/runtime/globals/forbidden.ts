import type { GuestFacts } from "../../contract.ts";
import {
  globalObject,
  record,
  reflectDefineProperty,
  reflectDeleteProperty,
  reflectGet,
} from "../primordials.ts";
import type { Chunks } from "./chunks.ts";
import { defineLazyGlobal } from "./define.ts";
import { guardEvaluation } from "./evaluation.ts";
import type { Importer } from "../../chunks/known-texts.ts";

/** Says that a permission was used or denied which the runtime keeps by itself: see the host's `permission.note`. */
export type PermissionNote = (text: "+wasm" | "-wasm" | "+eval" | "-eval") => void;

export interface Forbidden {
  /** Gives back, before user code, what a function is granted of what was taken away. */
  grant(permissions: GuestFacts["permissions"]): void;
  /** User code has loaded: what it may do only meanwhile is over. */
  close(): void;
}

/**
 * Takes away what makes code from texts once user code has loaded, and what escapes an environment's memory limit or blocks
 * its cell's thread: memory of WebAssembly, shared memory and growing buffers are not counted by V8's limit, and
 * `Atomics.wait` stops the thread. Also `gc`, which is there when the host runs with `--expose-gc`. It happens when the runtime is made, ahead of the function that it will
 * be for: what that one is granted comes back afterwards.
 */
export function removeForbidden(chunks: Chunks, note: PermissionNote, importer: Importer): Forbidden {
  const atomics = Atomics;
  const takenWebAssembly = take(globalObject, "WebAssembly");
  const takenShared = take(globalObject, "SharedArrayBuffer");
  const takenWait = take(atomics, "wait");
  const takenWaitAsync = take(atomics, "waitAsync");
  const evaluation = guardEvaluation({
    denied: () => note("-eval"),
    used: () => note("+eval"),
    known: () => chunks.load("known-texts").createKnownTexts(importer),
  });
  hideGc();
  fixBufferLengths();
  return {
    grant({ wasm, eval: evaluates, sharedArrayBuffer, atomicsWait }) {
      if (wasm === true) {
        defineLazyGlobal(chunks, "WebAssembly", () => {
          note("+wasm");
          return chunks.load("webassembly").completeWebAssembly(takenWebAssembly as never);
        });
      }
      if (evaluates === true) evaluation.grant();
      if (sharedArrayBuffer === true) give(globalObject, "SharedArrayBuffer", takenShared);
      if (atomicsWait !== true) return;
      give(atomics, "wait", takenWait);
      give(atomics, "waitAsync", takenWaitAsync);
    },
    close: evaluation.close,
  };
}

/** V8 makes it a property that can't be deleted, but can be changed. */
function hideGc(): void {
  if (!reflectDeleteProperty(globalObject, "gc"))
    reflectDefineProperty(globalObject, "gc", record({ value: undefined }));
}

function take(owner: object, name: string): unknown {
  const value = reflectGet(owner, name);
  reflectDeleteProperty(owner, name);
  return value;
}

function give(owner: object, name: string, value: unknown): void {
  if (value === undefined) return;
  reflectDefineProperty(
    owner,
    name,
    record({ value, writable: true, enumerable: false, configurable: true }),
  );
}

/** An ArrayBuffer constructor that ignores `maxByteLength`, in the place of the language's. */
function fixBufferLengths(): void {
  const { construct } = Reflect;
  const FixedArrayBuffer = new Proxy(
    ArrayBuffer,
    record<ProxyHandler<ArrayBufferConstructor>>({
      construct: (target, args: unknown[], newTarget) => construct(target, [args[0]], newTarget) as object,
    }),
  );
  const hidden = { writable: true, enumerable: false, configurable: true };
  reflectDefineProperty(globalThis, "ArrayBuffer", { value: FixedArrayBuffer, ...hidden });
  reflectDefineProperty(ArrayBuffer.prototype, "constructor", { value: FixedArrayBuffer, ...hidden });
}
