/** What the cell's Node has thrown, as the cell's services say it. */
interface Failure {
  readonly class: string;
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly details: Record<string, unknown>;
}

type ExceptionClass = new (message: string, name: string) => Error;

const CLASSES: Readonly<Record<string, ErrorConstructor>> = { TypeError, RangeError, SyntaxError };

/** The guest's own error for it. */
export function failureOf(text: string, DOMException: ExceptionClass): Error {
  const { class: className, name, message, code, details } = JSON.parse(text) as Failure;
  if (className === "DOMException") return new DOMException(message, name);
  const error = new (CLASSES[className] ?? Error)(message);
  if (code !== undefined) Object.assign(error, { code });
  return Object.assign(error, details);
}
