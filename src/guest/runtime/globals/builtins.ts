import {
  mapDelete,
  mapGet,
  mapSet,
  SafeError,
  SafeMap,
  string,
  stringSlice,
  stringStartsWith,
} from "../primordials.ts";
import type { Chunks } from "./chunks.ts";
import { withCode } from "./errors.ts";
import { circular, makeNodeModule, needsPrefix } from "./node-modules.ts";
import type { Timers } from "./timers.ts";

/** What the built-in modules are made of. */
interface BuiltinParts {
  readonly chunks: Chunks;
  readonly timers: Timers;
  readonly process: () => object;
  readonly url: () => object;
  readonly timersPromises: () => object;
  readonly loader: () => { readonly Module: unknown };
  readonly all: () => object;
  readonly base64: { readonly atob: unknown; readonly btoa: unknown };
}

export interface Builtins {
  /** A built-in module's exports, by its name with or without `node:`; nothing if there is none. */
  find(name: string): unknown;
  /** As CommonJS's `require`, for built-in modules; throws as Node does for any other. */
  require(name: unknown): unknown;
}

export function createBuiltins(parts: BuiltinParts): Builtins {
  const made = new SafeMap<string, unknown>();
  const making = new SafeMap<string, boolean>();

  function find(name: string): unknown {
    const isPrefixed = stringStartsWith(name, "node:");
    const bare = isPrefixed ? stringSlice(name, 5) : name;
    if (!isPrefixed && needsPrefix(bare)) return undefined;
    const known = mapGet(made, bare);
    if (known !== undefined) return known;
    if (mapGet(making, bare)) throw circular(bare);
    mapSet(making, bare, true);
    try {
      const exports = make(bare, parts) ?? makeNodeModule(bare, parts.chunks, requireBuiltin, parts.all);
      if (exports !== undefined) mapSet(made, bare, exports);
      return exports;
    } finally {
      mapDelete(making, bare);
    }
  }

  function requireBuiltin(name: unknown): unknown {
    const exports = find(string(name));
    if (exports !== undefined) return exports;
    throw withCode(new SafeError(`Cannot find module '${string(name)}'`), "MODULE_NOT_FOUND");
  }

  return { find, require: requireBuiltin };
}

function make(name: string, parts: BuiltinParts): unknown {
  switch (name) {
    case "process":
      return parts.process();
    case "timers/promises":
      return parts.timersPromises();
    case "module":
      return parts.loader().Module;
    default:
      return undefined;
  }
}
