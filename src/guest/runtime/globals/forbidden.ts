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
import { removeEvaluation } from "./evaluation.ts";

/** Says that a permission was used or denied which the runtime keeps by itself: see the host's `permission.note`. */
export type PermissionNote = (text: "+wasm" | "-wasm" | "+eval" | "-eval") => void;

/** Gives back, before user code, what a function is granted of what was taken away. */
export type GrantForbidden = (permissions: GuestFacts["permissions"]) => void;

/**
 * Takes away what makes code from texts, and what escapes an environment's memory limit or blocks its cell's thread: memory of WebAssembly, shared
 * memory and growing buffers are not counted by V8's limit, and `Atomics.wait` stops the thread. Also `gc`, which is
 * there when the host runs with `--expose-gc`. It happens when the runtime is made, ahead of the function that it will
 * be for: what that one is granted comes back afterwards.
 */
export function removeForbidden(chunks: Chunks, note: PermissionNote): GrantForbidden {
  const atomics = Atomics;
  const takenWebAssembly = take(globalObject, "WebAssembly");
  const takenShared = take(globalObject, "SharedArrayBuffer");
  const takenWait = take(atomics, "wait");
  const takenWaitAsync = take(atomics, "waitAsync");
  const giveEvaluation = removeEvaluation(
    () => note("-eval"),
    () => note("+eval"),
  );
  hideGc();
  fixBufferLengths();
  return ({ wasm, eval: evaluates, sharedArrayBuffer, atomicsWait }) => {
    if (wasm === true) {
      defineLazyGlobal(chunks, "WebAssembly", () => {
        note("+wasm");
        return takenWebAssembly;
      });
    }
    if (evaluates === true) giveEvaluation();
    if (sharedArrayBuffer === true) give(globalObject, "SharedArrayBuffer", takenShared);
    if (atomicsWait !== true) return;
    give(atomics, "wait", takenWait);
    give(atomics, "waitAsync", takenWaitAsync);
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
