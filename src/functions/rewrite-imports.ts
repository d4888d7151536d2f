import { parse } from "es-module-lexer/js";
import { DYNAMIC_IMPORT, IMPORT_META } from "../guest/contract.ts";

/** Whether a text may have any of the two. */
const SUSPECT = /\bimport\s*[(./]/;

/** Whether a text may have statements that only a module has. */
const MODULE_SYNTAX = /(?:^|[;}\s])(?:import|export)\b/;

/** A source with names in place of `import()` and `import.meta`. */
export interface Rewritten {
  readonly source: string;
  readonly hasDynamicImport: boolean;
  readonly hasImportMeta: boolean;
}

/**
 * Rewrites a source, since isolated-vm (7.0.1) offers neither. One that can't be read stays as it is: compiling it will say what is
 * wrong.
 */
export function rewriteImports(source: string): Rewritten {
  const plain = { source, hasDynamicImport: false, hasImportMeta: false };
  if (!SUSPECT.test(source)) return plain;
  const imports = read(source)?.[0];
  if (!imports) return plain;
  let text = "";
  let end = 0;
  const found = { hasDynamicImport: false, hasImportMeta: false };
  for (const { type, importStart: start } of imports) {
    if (type !== "dynamic" && type !== "import-meta") continue;
    const word = type === "dynamic" ? "import" : "import.meta";
    // With a space or a comment in between, or of another phase: it stays, and fails as it does in isolated-vm.
    if (!source.startsWith(word, start) || /^import\s*\.(?!meta)/.test(source.slice(start, start + 16)))
      continue;
    text += source.slice(end, start) + (type === "dynamic" ? DYNAMIC_IMPORT : IMPORT_META);
    end = start + word.length;
    if (type === "dynamic") found.hasDynamicImport = true;
    else found.hasImportMeta = true;
  }
  return { source: text + source.slice(end), ...found };
}

/** Whether a source can only be an ES module, as Node tells where no `package.json` says it. */
export function hasModuleSyntax(source: string): boolean {
  return MODULE_SYNTAX.test(source) && (read(source)?.[3] ?? false);
}

function read(source: string): ReturnType<typeof parse> | undefined {
  try {
    return parse(source);
  } catch {
    return undefined;
  }
}
