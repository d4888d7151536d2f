import { DYNAMIC_IMPORT, IMPORT_META } from "../../guest/contract.ts";
import { ServiceError } from "../services/service.ts";
import type { FileFormat } from "./resolver.ts";
import type { VersionModules } from "./version-modules.ts";

const IMPORT_RUNTIME = `import { modules } from "isolet:runtime"; `;

/** The texts of modules of the cell's own, which stand for files that are no ES modules, or beside ones that are. */
export class ModuleTexts {
  readonly #modules: VersionModules;

  constructor(modules: VersionModules) {
    this.#modules = modules;
  }

  /** What stands for a file's `import()` and `import.meta`. */
  own(path: string): string {
    const quoted = JSON.stringify(path);
    return `${IMPORT_RUNTIME}const m = modules(); export const ${DYNAMIC_IMPORT} = m.importer(${quoted}), ${IMPORT_META} = m.meta(${quoted});`;
  }

  /** A file that is no ES module, as one. @throws ServiceError for a format that can't be imported. */
  wrapper(path: string, format: Exclude<FileFormat, "module">): string {
    const quoted = JSON.stringify(path);
    if (format === "json") return `${IMPORT_RUNTIME}export default modules().json(${quoted});`;
    if (format === "commonjs") {
      const names = this.#modules
        .exportNames(path)
        .filter((name) => name !== "default" && name !== "module.exports");
      return [
        `${IMPORT_RUNTIME}const m = modules().commonJs(${quoted}); export { m as default, m as "module.exports" };`,
        ...names.map((name, index) => {
          const key = JSON.stringify(name);
          return `const $${index} = m?.[${key}]; export { $${index} as ${key} };`;
        }),
      ].join(" ");
    }
    const what =
      format === "addon"
        ? "native add-ons can't run in an isolate"
        : "read it with fs and compile it with WebAssembly";
    throw new ServiceError(
      "TypeError",
      `Unknown file extension ".${format === "addon" ? "node" : "wasm"}" for ${path}: ${what}.`,
      "ERR_UNKNOWN_FILE_EXTENSION",
    );
  }

  /**
   * Hands over what `require` gives of an ES module: its export "module.exports", else its namespace, with `__esModule`
   * beside a default export, as Node does.
   */
  requireGlue(id: number, from: string): string {
    return `import * as exports from "${from}"; modules().handed(${id}, modules().asRequired(exports));`;
  }
}
