import { ServiceError } from "./service.ts";

/** What of an error of Node's its guest's twin has besides name, message and code. */
const DETAILS = ["library", "reason", "function", "opensslErrorStack", "errno"] as const;

const CLASSES = ["TypeError", "RangeError", "SyntaxError", "DOMException"] as const;

/** An error of Node's, or a refusal of ours, as the guest makes its own of it. */
interface Failure {
  /** One of the language's classes, `DOMException`, or `Error`. */
  readonly class: string;
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What was thrown, as text. Only what Node says of the arguments goes on; a failure of our own is hidden. */
export function failureText(thrown: unknown): string {
  return `!${JSON.stringify(failureOf(thrown))}`;
}

function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return HIDDEN;
  const { name, message } = thrown;
  const { code } = thrown as { readonly code?: unknown };
  const isRefusal = thrown instanceof ServiceError;
  const isSaid =
    isRefusal || typeof code === "string" || thrown instanceof DOMException || name === "TypeError";
  if (!isSaid && !("opensslErrorStack" in thrown) && name !== "Error") return HIDDEN;
  const className = isRefusal ? name : (CLASSES.find((known) => isOf(thrown, known)) ?? "Error");
  return {
    class: className,
    name,
    message,
    ...(typeof code === "string" && { code }),
    details: detailsOf(thrown),
  };
}

const HIDDEN: Failure = {
  class: "Error",
  name: "Error",
  message: "The runtime's service failed.",
  details: {},
};

function isOf(thrown: Error, className: (typeof CLASSES)[number]): boolean {
  return thrown instanceof globalThis[className];
}

function detailsOf(thrown: Error): Record<string, unknown> {
  const details: Record<string, unknown> = {};
  for (const name of DETAILS) if (Object.hasOwn(thrown, name)) details[name] = Reflect.get(thrown, name);
  return details;
}
