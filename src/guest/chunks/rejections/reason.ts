import type { GuestRejection } from "../../contract.ts";
import { objectDefineProperty, record, SafeError, string } from "../../runtime/primordials.ts";

/** V8 tells the cell of a rejection, and not the guest: its reason is made anew of what the cell has been told. */
export function reasonOf({ error, value }: GuestRejection): unknown {
  if (!error) return value;
  const reason = new SafeError(error.message);
  const define = (name: string, text: string): void => {
    objectDefineProperty(reason, name, record({ value: text, writable: true, configurable: true }));
  };
  define("name", error.name);
  define("stack", error.stack);
  return reason;
}

/** What listeners for exceptions get in the place of a reason that is no error. */
export function withoutError(reason: unknown): Error {
  const text = typeof reason === "object" || typeof reason === "function" ? "#<Object>" : string(reason);
  const error = new SafeError(
    "This error originated either by throwing inside of an async function without a catch block, or by rejecting a " +
      `promise which was not handled with .catch(). The promise rejected with the reason "${text}".`,
  );
  objectDefineProperty(error, "name", record({ value: "UnhandledPromiseRejection", configurable: true }));
  return objectDefineProperty(
    error,
    "code",
    record({ value: "ERR_UNHANDLED_REJECTION", writable: true, enumerable: true, configurable: true }),
  );
}
