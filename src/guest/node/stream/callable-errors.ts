/** Some of readable-stream's own code makes errors without `new`, which its classes don't take; loaded before it. */
import errors from "readable-stream/lib/ours/errors.js";

type ErrorClass = new (...args: unknown[]) => Error;

const { codes } = errors as { readonly codes: Record<string, ErrorClass> };

for (const [name, Class] of Object.entries(codes)) {
  const make = (...args: unknown[]): Error => new Class(...args);
  codes[name] = new Proxy(Class, { apply: (_target, _self, args: unknown[]) => make(...args) });
}
