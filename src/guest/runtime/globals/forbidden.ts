import { record, reflectDefineProperty, reflectDeleteProperty } from "../primordials.ts";

/**
 * Takes away what escapes an environment's memory limit or blocks its cell's thread: memory of WebAssembly, shared
 * memory and growing buffers are not counted by V8's limit, and `Atomics.wait` stops the thread. Also `gc`, which is
 * there when the host runs with `--expose-gc`.
 */
export function removeForbidden(): void {
  reflectDeleteProperty(globalThis, "WebAssembly");
  reflectDeleteProperty(globalThis, "SharedArrayBuffer");
  reflectDeleteProperty(globalThis, "gc");
  reflectDeleteProperty(Atomics, "wait");
  reflectDeleteProperty(Atomics, "waitAsync");
  fixBufferLengths();
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
