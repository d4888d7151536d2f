/** What the cell says that loading a module has thrown. */
export interface ThrownText {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

const CLASSES: Readonly<Record<string, ErrorConstructor>> = {
  SyntaxError,
  TypeError,
  RangeError,
  ReferenceError,
  EvalError,
  URIError,
};

/** The error that a text stands for. What was thrown itself can't be had: isolated-vm hands no module's error over. */
export function thrownError({ name, message, stack }: ThrownText): Error {
  const error = new (CLASSES[name] ?? Error)(message);
  if (error.name !== name) define(error, "name", name);
  if (stack !== "") define(error, "stack", stack);
  return error;
}

/** Runs what asks the cell; its errors of syntax become the language's own. */
export function withSyntaxErrors<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw asSyntaxError(error);
  }
}

/** An error that the cell has said: of the language's own class if it is one of syntax. */
export function asSyntaxError(error: unknown): unknown {
  const isOne = error instanceof Error && error.name === "SyntaxError" && !(error instanceof SyntaxError);
  return isOne ? new SyntaxError(error.message) : error;
}

export function codedError(code: string, message: string, Kind: ErrorConstructor = Error): Error {
  const error = new Kind(message);
  Object.defineProperty(error, "code", { value: code, writable: true, enumerable: true, configurable: true });
  return error;
}

function define(error: Error, name: string, value: string): void {
  Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: false });
}
