/** The legacy codes of names that have one. */
const codes: Readonly<Record<string, number>> = {
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
};

interface V8Error {
  captureStackTrace(target: object, caller: unknown): void;
}

export class DOMException extends Error {
  declare readonly code: number;

  constructor(message: unknown = "", options: unknown = "Error") {
    super(String(message));
    const given =
      typeof options === "object" && options !== null
        ? (options as { readonly name?: unknown; readonly cause?: unknown })
        : { name: options };
    const name = given.name === undefined ? "Error" : (given.name as string);
    hide(this, "name", name);
    hide(this, "code", Object.hasOwn(codes, name) ? codes[name] : 0);
    if ("cause" in given) hide(this, "cause", given.cause);
    // Taken again, for the name to be in its first line.
    (Error as unknown as V8Error).captureStackTrace(this, DOMException);
  }
}

// The bundler names a class that mentions itself anew.
hide(DOMException, "name", "DOMException");
hide(DOMException.prototype, Symbol.toStringTag, "DOMException");

for (const [name, code] of Object.entries(codes)) {
  const constant = name
    .replace(/Error$/, "")
    .replace("InUse", "Inuse")
    .replace(/(?<=[a-z])(?=[A-Z])|(?<=URL)(?=M)/g, "_")
    .toUpperCase();
  for (const target of [DOMException, DOMException.prototype]) {
    Object.defineProperty(target, `${constant}_ERR`, { value: code, enumerable: true });
  }
}

function hide(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true });
}
