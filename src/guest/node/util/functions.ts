/** What `node:util` does with functions. */
import { invalidArgType, nodeError } from "../shared/errors.ts";
import { requireFunction, requireString } from "../shared/validate.ts";

type Callback = (error: unknown, ...values: unknown[]) => void;
type Function_ = (...args: unknown[]) => unknown;

const CUSTOM: unique symbol = Symbol.for("nodejs.util.promisify.custom");

/** Names of the values that a callback is given, for functions that promise an object of them. */
const PROMISIFY_ARGS: unique symbol = Symbol.for("isolet.promisify.args");

function promisifyPlain(original: unknown): Function_ {
  requireFunction(original, "original");
  const custom: unknown = Reflect.get(original, CUSTOM);
  if (custom) {
    requireFunction(custom, "util.promisify.custom");
    return Object.defineProperty(custom, CUSTOM, { value: custom, configurable: true });
  }
  const names = Reflect.get(original, PROMISIFY_ARGS) as readonly string[] | undefined;
  function promisified(this: unknown, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const done: Callback = (error, ...values) => {
        // A callback's error is whatever the function says.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        if (error) reject(error);
        else if (names && values.length > 1) {
          resolve(Object.fromEntries(names.map((name, index) => [name, values[index]])));
        } else resolve(values[0]);
      };
      Reflect.apply(original as Function_, this, [...args, done]);
    });
  }
  Object.setPrototypeOf(promisified, Object.getPrototypeOf(original) as object);
  Object.defineProperty(promisified, CUSTOM, { value: promisified, configurable: true });
  return copyProperties(original, promisified);
}

export const promisify: typeof promisifyPlain & { readonly custom: symbol } = Object.assign(
  Object.defineProperty(promisifyPlain, "name", { value: "promisify" }),
  { custom: CUSTOM },
);

function copyProperties(from: Function_, to: Function_): Function_ {
  const descriptors = Object.getOwnPropertyDescriptors(from) as Record<PropertyKey, PropertyDescriptor>;
  for (const key of Reflect.ownKeys(descriptors)) {
    // Like `prototype`, which can't be defined anew with another descriptor.
    const own = Object.getOwnPropertyDescriptor(to, key);
    if (own?.configurable !== false) Object.defineProperty(to, key, descriptors[key] as PropertyDescriptor);
  }
  return to;
}

export function callbackify(original: unknown): Function_ {
  requireFunction(original, "original");
  function callbackified(this: unknown, ...args: unknown[]): void {
    const callback = args.pop();
    if (typeof callback !== "function") throw invalidArgType("last argument", "function", callback);
    const call: Callback = (...values) => void Reflect.apply(callback as Function_, this, values);
    const promise = Reflect.apply(original as Function_, this, args) as Promise<unknown>;
    promise.then(
      (value) => process.nextTick(call, null, value),
      (reason: unknown) => process.nextTick(call, reason ? reason : falsyRejection(reason)),
    );
  }
  const descriptors = Object.getOwnPropertyDescriptors(original) as Record<string, PropertyDescriptor>;
  if (typeof descriptors["length"]?.value === "number") descriptors["length"].value++;
  if (typeof descriptors["name"]?.value === "string") descriptors["name"].value += "Callbackified";
  delete descriptors["prototype"];
  return Object.defineProperties<Function_>(callbackified, descriptors);
}

function falsyRejection(reason: unknown): Error {
  const error = nodeError<Error & { reason?: unknown }>(
    Error,
    "ERR_FALSY_VALUE_REJECTION",
    "Promise was rejected with falsy value",
  );
  error.reason = reason;
  return error;
}

export function inherits(constructor: unknown, parent: unknown): void {
  requireFunction(constructor, "ctor");
  if (parent === undefined || parent === null) throw invalidArgType("superCtor", "Function", parent);
  const { prototype } = parent as { readonly prototype?: unknown };
  if (prototype === undefined) throw invalidArgType("superCtor.prototype", "Object", prototype);
  Object.defineProperty(constructor, "super_", { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf((constructor as { readonly prototype: unknown }).prototype, prototype);
}

const warnedCodes = new Set<string>();

export function deprecate(original: unknown, message: string, code?: unknown): unknown {
  requireFunction(original, "fn");
  if (code !== undefined) requireString(code, "code");
  let warned = false;
  function warn(): void {
    if (warned || (process as { readonly noDeprecation?: boolean }).noDeprecation === true) return;
    warned = true;
    if (typeof code === "string") {
      if (warnedCodes.has(code)) return;
      warnedCodes.add(code);
    }
    process.emitWarning(message, "DeprecationWarning", code as string);
  }
  function deprecated(this: unknown, ...args: unknown[]): unknown {
    warn();
    if ((new.target as unknown) !== undefined)
      return Reflect.construct(original as Function_, args, new.target) as unknown;
    return Reflect.apply(original as Function_, this, args);
  }
  Object.setPrototypeOf(deprecated, original);
  const { prototype } = original as { readonly prototype?: unknown };
  if (prototype !== undefined) deprecated.prototype = prototype as object;
  Object.defineProperty(deprecated, "length", { ...Object.getOwnPropertyDescriptor(original, "length") });
  return deprecated;
}

/** `target` with the properties of `source`. Deprecated by Node, and used. */
export function extend(target: object, source: unknown): object {
  return typeof source === "object" && source !== null ? Object.assign(target, source) : target;
}
