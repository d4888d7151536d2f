import type { Loader } from "../chunks/loader.ts";
import type { GuestFacts } from "../contract.ts";
import { loadFailure } from "./handler.ts";
import { reflectApply, stringLastIndexOf, stringSlice } from "./primordials.ts";

/** Runs a CommonJS module by its wrapper function and gives its exports. Throws what loading threw, in Lambda's terms. */
export function runCommonJs(
  wrapper: unknown,
  require: (name: unknown) => unknown,
  facts: GuestFacts,
): unknown {
  const { filename } = facts;
  const directory = stringSlice(filename, 0, stringLastIndexOf(filename, "/"));
  const module: { exports: unknown; readonly id: string; readonly filename: string; loaded: boolean } = {
    exports: {},
    id: ".",
    filename,
    loaded: false,
  };
  try {
    reflectApply(wrapper as () => unknown, module.exports, [
      module.exports,
      require,
      module,
      filename,
      directory,
    ]);
    module.loaded = true;
    return module.exports;
  } catch (thrown) {
    throw loadFailure(thrown);
  }
}

/** Runs the CommonJS module of a handler that has files beside it. Throws as {@link runCommonJs} does. */
export function loadMain(loader: Pick<Loader, "main">, filename: string, wrapper: unknown): unknown {
  try {
    return loader.main(filename, wrapper);
  } catch (thrown) {
    throw loadFailure(thrown);
  }
}
