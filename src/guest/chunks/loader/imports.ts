import { isBuiltinName } from "./builtin-names.ts";
import { asSyntaxError, thrownError, withSyntaxErrors } from "./errors.ts";
import type { ThrownText } from "./errors.ts";
import type { LoaderParts } from "./types.ts";

/** What stands for `import.meta` in an ES module. */
interface ImportMeta {
  readonly dirname: string;
  readonly filename: string;
  readonly url: string;
  readonly main: boolean;
  readonly resolve: (specifier: string) => string;
}

/** `import()` and what belongs to it. */
export interface Imports {
  /** `import()` as the file `path` has it. */
  importer(path: string): (specifier: unknown) => Promise<unknown>;
  /** `import.meta` of the file `path`. */
  meta(path: string): ImportMeta;
  /** The module that was asked for as `id` is there. */
  handed(id: number, exports: unknown): void;
  /** Has the module that was asked for as `id` evaluated by asking its deferred namespace for something. */
  attempt(id: number, namespace: object): void;
  /** The module that was asked for as `id` has failed at last: JSON of what it has thrown. */
  thrown(id: number, text: string): void;
  /** What `require` makes of an ES module's namespace. */
  asRequired(namespace: object): unknown;
  /** Loads the ES module `path` for `require`; it must not wait for anything. */
  requireModule(path: string): unknown;
}

interface Waiting {
  readonly hand: (exports: unknown) => void;
  readonly fail: (thrown: unknown) => void;
}

export function createImports({ ask, request }: LoaderParts): Imports {
  const waiting = new Map<number, Waiting>();
  /** What modules have thrown, by their paths: they throw the same each time. */
  const thrownBy = new Map<string, Error>();
  let last = 0;

  function errorOf(text: string): Error {
    const thrown = JSON.parse(text) as ThrownText & { readonly path: string };
    const error = thrownBy.get(thrown.path) ?? thrownError(thrown);
    if (thrown.path !== "") thrownBy.set(thrown.path, error);
    return error;
  }

  async function load(id: number, specifier: string, path: string): Promise<void> {
    try {
      const thrown = await request("module.import", JSON.stringify([id, specifier, path]));
      if (thrown !== "") throw errorOf(thrown);
    } catch (error) {
      waiting.delete(id);
      throw asSyntaxError(error);
    }
  }

  return {
    importer: (path) => (specifier) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        // A namespace may have a `then` of its own, which `import()` calls as well.
        waiting.set(id, { hand: resolve, fail: reject });
        load(id, specifier as string, path).catch(reject);
      }),
    meta(path) {
      const dirname = path.slice(0, path.lastIndexOf("/")) || "/";
      const resolve = (specifier: string): string => {
        const name = specifier;
        if (isBuiltinName(name)) return name.startsWith("node:") ? name : `node:${name}`;
        const [found] = JSON.parse(ask("module.resolve", JSON.stringify([name, path, "import"]))) as [string];
        return urlOf(found);
      };
      return Object.assign(Object.create(null) as ImportMeta, {
        dirname,
        filename: path,
        main: false,
        resolve,
        url: urlOf(path),
      });
    },
    handed(id, exports) {
      const found = waiting.get(id);
      waiting.delete(id);
      ask("module.handed", `${id}`);
      found?.hand(exports);
    },
    attempt(id, namespace) {
      try {
        Reflect.get(namespace, "default");
      } catch (error) {
        const found = waiting.get(id);
        waiting.delete(id);
        ask("module.failed", `${id}`);
        found?.fail(error);
      }
    },
    thrown(id, text) {
      const found = waiting.get(id);
      waiting.delete(id);
      found?.fail(errorOf(text));
    },
    asRequired(namespace) {
      const exports = namespace as Readonly<Record<string, unknown>>;
      if ("module.exports" in exports) return exports["module.exports"];
      if (!("default" in exports) || "__esModule" in exports) return namespace;
      return withEsModule(exports);
    },
    requireModule(path) {
      const id = ++last;
      let handed: { readonly exports: unknown } | undefined;
      let failed: { readonly thrown: unknown } | undefined;
      waiting.set(id, { hand: (exports) => (handed = { exports }), fail: (thrown) => (failed = { thrown }) });
      withSyntaxErrors(() => ask("module.require", JSON.stringify([id, path])));
      if (failed) throw failed.thrown;
      if (handed) return handed.exports;
      waiting.delete(id);
      throw Object.assign(
        new Error(
          `require() cannot be used on an ESM graph with top-level await. Use import() instead. The module was ${path}`,
        ),
        { code: "ERR_REQUIRE_ASYNC_MODULE" },
      );
    },
  };
}

/** A namespace's live exports, and that they are an ES module's. */
function withEsModule(exports: Readonly<Record<string, unknown>>): object {
  const facade = Object.create(null) as object;
  Object.defineProperty(facade, "__esModule", { value: true });
  for (const name of Object.keys(exports))
    Object.defineProperty(facade, name, { enumerable: true, get: () => exports[name] });
  return facade;
}

function urlOf(path: string): string {
  return `file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
}
