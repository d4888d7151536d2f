import { initSync, parse } from "cjs-module-lexer";
import { writePack } from "../../functions/pack.ts";
import { rewriteImports } from "../../functions/rewrite-imports.ts";
import { spellOut } from "../../functions/spell-out.ts";
import { CHUNK_GLOBAL, DYNAMIC_IMPORT, IMPORT_META } from "../../guest/contract.ts";
import type { GenericEnvironment } from "../generic-environment.ts";
import { ServiceError } from "../services/service.ts";
import type { CompiledForm } from "./compiled-form.ts";
import { FileCaches } from "./file-caches.ts";
import { FileTree } from "./file-tree.ts";
import { Resolver } from "./resolver.ts";

/** What stands before a CommonJS file's own text; running it leaves the function for the guest's loader to take. */
const SCRIPT_HEAD = `${CHUNK_GLOBAL}=[function (exports, require, module, __filename, __dirname, ${DYNAMIC_IMPORT}) { `;
const SCRIPT_TAIL = "\n}][0];0";

/** Where an ES module gets what stands for its `import()` and `import.meta`. */
export const OWN_MODULE = "isolet:own";

/** The files of a version in this cell: found, read and prepared once for all of its environments. */
export class VersionModules {
  readonly files: FileTree;
  readonly resolver: Resolver;
  readonly #caches = new FileCaches();
  readonly #scripts = new Map<string, CompiledForm>();
  readonly #modules = new Map<string, CompiledForm>();
  readonly #exportNames = new Map<string, readonly string[]>();

  constructor(pack: Uint8Array | undefined, runtime: string) {
    this.files = new FileTree(pack ?? writePack([]));
    const own = runtime === "nodejs22.x" ? "node22" : "node24";
    const folders = [`/opt/nodejs/${own}/node_modules`, "/opt/nodejs/node_modules", "/var/task"];
    this.resolver = new Resolver(this.files, folders);
  }

  /** Runs the CommonJS file `path`, which leaves its function in the guest's variable; `text` in the place of its own. */
  runScript(target: GenericEnvironment, path: string, text?: string): void {
    const form = text === undefined ? this.#scriptOf(path) : scriptForm(path, text);
    const cachedData = text === undefined ? this.#caches.of(path) : undefined;
    const script = target.isolate.compileScriptSync(form.text, {
      ...form.origin,
      ...(cachedData && { cachedData }),
    });
    // Inside the run that asked for it, and so under that run's timeout.
    script.runSync(target.context);
    script.release();
    if (text === undefined) this.#caches.loaded(target, path, form);
  }

  /** The ES module `path` as text. */
  moduleForm(path: string): CompiledForm {
    const known = this.#modules.get(path);
    if (known) return known;
    const { source, hasDynamicImport, hasImportMeta } = rewriteImports(spellOut(this.code(path)));
    const names = [hasDynamicImport && DYNAMIC_IMPORT, hasImportMeta && IMPORT_META].filter(
      (name) => name !== false,
    );
    // At the end, where imports are hoisted from, so that no line or column moves.
    const own = names.length > 0 ? `\nimport { ${names.join(", ")} } from "${OWN_MODULE}";` : "";
    const form = { text: source + own, origin: { filename: `file://${path}` } };
    this.#modules.set(path, form);
    return form;
  }

  /** Names that the CommonJS file `path` exports, as far as its text tells. */
  exportNames(path: string): readonly string[] {
    const known = this.#exportNames.get(path);
    if (known) return known;
    const names = new Set<string>();
    this.#collectNames(path, names, new Set());
    const list = [...names];
    this.#exportNames.set(path, list);
    return list;
  }

  #collectNames(path: string, names: Set<string>, seen: Set<string>): void {
    seen.add(path);
    const { exports, reexports } = readExports(this.text(path));
    for (const name of exports) names.add(name);
    for (const specifier of reexports) {
      const target = this.#reexported(specifier, path);
      if (target !== undefined && !seen.has(target)) this.#collectNames(target, names, seen);
    }
  }

  /** A file as text. @throws ServiceError when there is none. */
  text(path: string): string {
    const text = this.files.text(path);
    if (text === undefined)
      throw new ServiceError("Error", `Cannot find module '${path}'`, "MODULE_NOT_FOUND");
    return text;
  }

  /** A file as it is compiled. */
  code(path: string): string {
    return this.files.code(path) ?? this.text(path);
  }

  #scriptOf(path: string): CompiledForm {
    const known = this.#scripts.get(path);
    if (known) return known;
    const form = scriptForm(path, this.code(path));
    this.#scripts.set(path, form);
    return form;
  }

  #reexported(specifier: string, from: string): string | undefined {
    try {
      const path = this.resolver.resolve(specifier, from, "require");
      return this.resolver.formatOf(path) === "commonjs" ? path : undefined;
    } catch {
      // A built-in, or something that isn't there: whoever requires it is told.
      return undefined;
    }
  }
}

function scriptForm(path: string, text: string): CompiledForm {
  // A hash-bang line is legal only at the very start of a script.
  const { source } = rewriteImports(spellOut(text.replace(/^\uFEFF/, "").replace(/^#!/, "//")));
  return {
    text: SCRIPT_HEAD + source + SCRIPT_TAIL,
    origin: { filename: path, columnOffset: -SCRIPT_HEAD.length },
  };
}

let isLexerReady = false;

function readExports(text: string): {
  readonly exports: readonly string[];
  readonly reexports: readonly string[];
} {
  try {
    if (!isLexerReady) initSync();
    isLexerReady = true;
    return parse(text);
  } catch {
    // Compiling it says what is wrong.
    return { exports: [], reexports: [] };
  }
}
