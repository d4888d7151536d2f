import { setFlagsFromString } from "node:v8";
import type ivm from "isolated-vm";

/** V8's name for `import defer`, which it has since 14.6 (Node 26) and leaves out unless told. */
const FLAG = "js-defer-import-eval";

/**
 * Compiles a module with `import defer` in it; undefined where V8 has none. What it imports so is evaluated when it is first
 * asked for something, which throws what evaluating has thrown: nothing else that isolated-vm (7.0.1) has lets code see that.
 * The flag counts while a text is parsed; code caches are told apart by flags, so that it is set for no longer.
 */
export function compileDeferring(
  isolate: ivm.Isolate,
  text: string,
  filename: string,
): ivm.Module | undefined {
  if (!hasFlag()) return undefined;
  setFlagsFromString(`--${FLAG}`);
  try {
    return isolate.compileModuleSync(text, { filename });
  } catch {
    return undefined;
  } finally {
    setFlagsFromString(`--no-${FLAG}`);
  }
}

/** By V8's version: to set a flag that isn't there writes to the standard error output. */
function hasFlag(): boolean {
  const [major = 0, minor = 0] = process.versions.v8.split(".").map(Number);
  return major === 14 && minor >= 6;
}
