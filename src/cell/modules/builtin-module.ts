import type ivm from "isolated-vm";
import type { GenericEnvironment } from "../generic-environment.ts";

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A module that re-exports a built-in of the guest runtime; undefined when the runtime has none of that name. */
export function builtinModule(
  target: GenericEnvironment,
  specifier: string,
  timeout?: number,
): ivm.Module | undefined {
  const names = builtinNames(target, specifier, timeout);
  if (names.length === 0) return undefined;
  const exported = names.filter((name) => IDENTIFIER.test(name) && name !== "default");
  const list = exported.map(
    (name, index) => `const $${index} = m[${JSON.stringify(name)}]; export { $${index} as ${name} };`,
  );
  return target.isolate.compileModuleSync(
    `import { builtin } from "isolet:runtime"; const m = builtin(${JSON.stringify(specifier)}); export default m; ${list.join("")}`,
    { filename: `isolet:builtin/${specifier}` },
  );
}

/** Names that a built-in exports; none when there is no such built-in. */
export function builtinNames(target: GenericEnvironment, specifier: string, timeout?: number): string[] {
  const names = target.entries.builtinNames.applySync(
    undefined,
    [specifier],
    timeout === undefined ? {} : { timeout },
  );
  return names === "" ? [] : names.split(",");
}
