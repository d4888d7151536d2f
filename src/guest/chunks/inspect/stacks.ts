/**
 * Stacks begin with the message that an error has when its stack is first read. V8 alone takes the one it was made with,
 * which is none for errors that get theirs later, as those of the AWS SDK do.
 */

type Write = (this: unknown, ...args: never[]) => string;

const { apply, defineProperty, deleteProperty, get } = Reflect;
const BaseError = Error;
const { toString } = Error.prototype;

/** As Node's own. */
function prepareStackTrace(error: unknown, sites: readonly NodeJS.CallSite[]): string {
  const head = apply(toString, error, []);
  return sites.length === 0 ? head : `${head}\n    at ${sites.map(String).join("\n    at ")}`;
}

/** `write`, which reads stacks as Node makes them. Its own properties are kept. */
export function withStacks<Of extends Write>(write: Of): Of {
  function written(this: unknown, ...args: never[]): string {
    const isOurs =
      (get(BaseError, "prepareStackTrace") as unknown) === undefined &&
      defineProperty(BaseError, "prepareStackTrace", { value: prepareStackTrace, configurable: true });
    try {
      return apply(write, this, args);
    } finally {
      if (isOurs) deleteProperty(BaseError, "prepareStackTrace");
    }
  }
  return Object.defineProperties(written, Object.getOwnPropertyDescriptors(write)) as Of;
}
