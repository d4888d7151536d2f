/** The names that have a constant, by its value; those without an error of that name are history. */
const constants: readonly (readonly [constant: string, name?: string])[] = [
  ["INDEX_SIZE", "IndexSizeError"],
  ["DOMSTRING_SIZE"],
  ["HIERARCHY_REQUEST", "HierarchyRequestError"],
  ["WRONG_DOCUMENT", "WrongDocumentError"],
  ["INVALID_CHARACTER", "InvalidCharacterError"],
  ["NO_DATA_ALLOWED"],
  ["NO_MODIFICATION_ALLOWED", "NoModificationAllowedError"],
  ["NOT_FOUND", "NotFoundError"],
  ["NOT_SUPPORTED", "NotSupportedError"],
  ["INUSE_ATTRIBUTE", "InUseAttributeError"],
  ["INVALID_STATE", "InvalidStateError"],
  ["SYNTAX", "SyntaxError"],
  ["INVALID_MODIFICATION", "InvalidModificationError"],
  ["NAMESPACE", "NamespaceError"],
  ["INVALID_ACCESS", "InvalidAccessError"],
  ["VALIDATION"],
  ["TYPE_MISMATCH", "TypeMismatchError"],
  ["SECURITY", "SecurityError"],
  ["NETWORK", "NetworkError"],
  ["ABORT", "AbortError"],
  ["URL_MISMATCH", "URLMismatchError"],
  ["QUOTA_EXCEEDED", "QuotaExceededError"],
  ["TIMEOUT", "TimeoutError"],
  ["INVALID_NODE_TYPE", "InvalidNodeTypeError"],
  ["DATA_CLONE", "DataCloneError"],
];

interface V8Error {
  captureStackTrace(target: object, caller: unknown): void;
}

interface State {
  readonly name: string;
  readonly message: string;
}

interface DOMExceptionClass {
  new (message?: unknown, options?: unknown): Error & { readonly code: number };
  readonly prototype: Error;
}

const states = new WeakMap<object, State>();

function stateOf(self: unknown): State {
  const state = typeof self === "object" && self !== null ? states.get(self) : undefined;
  if (state) return state;
  throw Object.assign(new TypeError('Value of "this" must be of type DOMException'), {
    code: "ERR_INVALID_THIS",
  });
}

/** Whether a value is one, whatever its prototype. */
export function isDomException(value: object): boolean {
  return states.has(value);
}

/** A real error, with a stack, whose class stands beside `Error` as Web IDL has it: its prototype alone inherits. */
export const DOMException: DOMExceptionClass = function DOMException(
  message: unknown = "",
  options: unknown = "Error",
): Error {
  if ((new.target as unknown) === undefined)
    throw new TypeError("Class constructor DOMException cannot be invoked without 'new'");
  const text = `${message as number}`;
  const given = typeof options === "object" && options !== null ? options : { name: options };
  const name = (given as { readonly name?: unknown }).name;
  const self = Reflect.construct(Error, [], new.target) as Error;
  states.set(self, { name: name === undefined ? "Error" : `${name as number}`, message: text });
  if ("cause" in given) hide(self, "cause", given.cause);
  (Error as unknown as V8Error).captureStackTrace(self, DOMException);
  // V8 puts own messages only into the first line.
  const frames = /\n {4}at [^]*/.exec(self.stack ?? "")?.[0] ?? "";
  hide(self, "stack", `${self.name}${text === "" ? "" : `: ${text}`}${frames}`);
  return self;
} as unknown as DOMExceptionClass;

const prototype = Object.create(Error.prototype, {
  constructor: { value: DOMException, writable: true, configurable: true },
  [Symbol.toStringTag]: { value: "DOMException", configurable: true },
}) as object;
Object.defineProperty(DOMException, "prototype", { value: prototype, writable: false });
// The bundler names a function that mentions itself anew.
Object.defineProperty(DOMException, "name", { value: "DOMException", configurable: true });
Object.defineProperty(DOMException, "length", { value: 0, configurable: true });

const getters = {
  get name(): string {
    return stateOf(this).name;
  },
  get message(): string {
    return stateOf(this).message;
  },
  get code(): number {
    const { name } = stateOf(this);
    return constants.findIndex(([, known]) => known === name) + 1;
  },
};
for (const [name, getter] of Object.entries(Object.getOwnPropertyDescriptors(getters))) {
  Object.defineProperty(prototype, name, { ...getter, enumerable: true, configurable: true });
}

for (const [index, [constant]] of constants.entries()) {
  for (const target of [DOMException, prototype]) {
    Object.defineProperty(target, `${constant}_ERR`, { value: index + 1, enumerable: true });
  }
}

function hide(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true });
}
