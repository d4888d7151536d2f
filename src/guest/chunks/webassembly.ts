/**
 * `WebAssembly` for those who are granted it. V8 compiles for `compile` and `instantiate` on other threads and comes back by
 * tasks that isolated-vm (7.0.1) never runs under `applySync`, so that their promises would never be settled: here they compile
 * at once.
 */

/** The parts of it that are needed here. */
interface Compiling {
  readonly Module: new (bytes: unknown) => object;
  readonly Instance: new (module: object, imports?: unknown) => object;
}

/** Completes V8's own, which is given. */
export function completeWebAssembly<Own extends Compiling>(own: Own): Own {
  const { Module, Instance } = own;

  // What they throw is what the promise is rejected with.
  const compile = (bytes: unknown): Promise<object> => new Promise((resolve) => resolve(new Module(bytes)));

  const instantiate = (source: unknown, imports?: unknown): Promise<object> =>
    new Promise((resolve) => {
      if (source instanceof Module) {
        resolve(new Instance(source, imports));
        return;
      }
      const module = new Module(source);
      resolve({ module, instance: new Instance(module, imports) });
    });

  const bytesOf = async (source: unknown): Promise<unknown> => {
    const response = (await source) as { arrayBuffer?: () => Promise<unknown> } | null | undefined;
    if (typeof response?.arrayBuffer === "function") return response.arrayBuffer();
    throw new TypeError("WebAssembly: a Response, or a promise of one, is needed.");
  };

  const methods = {
    compile,
    instantiate,
    compileStreaming: async (source: unknown) => compile(await bytesOf(source)),
    instantiateStreaming: async (source: unknown, imports?: unknown) =>
      instantiate(await bytesOf(source), imports),
  };
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(own, name, { value, writable: true, enumerable: true, configurable: true });
  return own;
}
