/** `node:vm`: scripts run in the function's own context, where making code of strings is granted. */
import { notAvailable } from "./shared/errors.ts";
import { refuse } from "./shared/refuse.ts";
import { requireArray, requireObject, requireString } from "./shared/validate.ts";

const CONTEXTS = "an environment has one context; run the code in it, or in a function of its own.";
const STRINGS = "functions can't make code of strings; `permissions.eval` grants it.";

/** Indirect, so that it runs in the global scope. */
const evaluate = eval;

function run(code: string, filename: unknown): unknown {
  const name = typeof filename === "string" ? filename : "evalmachine.<anonymous>";
  try {
    return evaluate(`${code}\n//# sourceURL=${name.replaceAll(/\s/g, "_")}`);
  } catch (error) {
    if (error instanceof EvalError) throw notAvailable("vm.Script", STRINGS, "ERR_ACCESS_DENIED");
    throw error;
  }
}

function filenameOf(options: unknown): unknown {
  return typeof options === "string"
    ? options
    : (options as { readonly filename?: unknown } | undefined)?.filename;
}

class Script {
  readonly #code: string;
  readonly #filename: unknown;
  cachedDataRejected: boolean | undefined;

  constructor(code: unknown, options?: unknown) {
    this.#code = String(code);
    this.#filename = filenameOf(options);
  }

  runInThisContext(): unknown {
    return run(this.#code, this.#filename);
  }

  runInContext(): never {
    throw notAvailable("vm.Script.runInContext", CONTEXTS, "ERR_ACCESS_DENIED");
  }

  runInNewContext(): never {
    throw notAvailable("vm.Script.runInNewContext", CONTEXTS, "ERR_ACCESS_DENIED");
  }

  createCachedData(): Buffer {
    return Buffer.alloc(0);
  }
}

function compileFunction(code: unknown, params: unknown = []): unknown {
  requireString(code, "code");
  requireArray(params, "params");
  try {
    return Reflect.construct(Function, [...params, code]) as unknown;
  } catch (error) {
    if (error instanceof EvalError) throw notAvailable("vm.compileFunction", STRINGS, "ERR_ACCESS_DENIED");
    throw error;
  }
}

function isContext(value: unknown): boolean {
  requireObject(value, "object");
  return false;
}

export function create(): object {
  return {
    Script,
    createContext: refuse("vm", "createContext", CONTEXTS),
    createScript: (code: unknown, options?: unknown) => new Script(code, options),
    runInContext: refuse("vm", "runInContext", CONTEXTS),
    runInNewContext: refuse("vm", "runInNewContext", CONTEXTS),
    runInThisContext: (code: unknown, options?: unknown) => new Script(code, options).runInThisContext(),
    isContext,
    compileFunction,
    measureMemory: refuse("vm", "measureMemory", "the engine measures memory."),
    constants: {
      USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol("vm_dynamic_import_main_context_default"),
      DONT_CONTEXTIFY: Symbol("vm_context_no_contextify"),
    },
  };
}
