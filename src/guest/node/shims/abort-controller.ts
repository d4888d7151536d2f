/** What readable-stream asks of the package `abort-controller`: the runtime's own, which is loaded when one is made. */

function AbortControllerOfRuntime(): AbortController {
  return new AbortController();
}

const AbortSignalOfRuntime: { any(signals: readonly AbortSignal[]): AbortSignal } = {
  any: (signals) => AbortSignal.any([...signals]),
};

export { AbortControllerOfRuntime as AbortController, AbortSignalOfRuntime as AbortSignal };
