/** What a clone will be. */
export type Clone =
  | { readonly kind: "Same"; readonly value: unknown }
  | { readonly kind: "Made"; readonly make: () => unknown }
  | { readonly kind: "Moved"; readonly move: () => unknown }
  | { readonly kind: "Map" | "Set"; readonly items: Clone[] }
  | { readonly kind: "Array"; readonly length: number; readonly keys: string[]; readonly items: Clone[] }
  | { readonly kind: "Object"; readonly keys: string[]; readonly items: Clone[] }
  | {
      readonly kind: "View";
      readonly name: string;
      readonly buffer: Clone;
      readonly byteOffset: number;
      readonly length: number;
    }
  | {
      readonly kind: "Error";
      readonly name: string;
      readonly message: string | undefined;
      readonly stack: string | undefined;
      cause: Clone | undefined;
    };

type Container = Exclude<Clone, { readonly kind: "Same" | "Made" | "Moved" }>;

type Constructor = new (...args: unknown[]) => object;

/** One of the language's own classes. */
function constructorOf(name: string): Constructor {
  return Reflect.get(globalThis, name) as Constructor;
}

/** Makes a clone and all that hangs on it. */
export function build(clone: Clone, made: Map<Clone, unknown>): unknown {
  if (clone.kind === "Same") return clone.value;
  if (made.has(clone)) return made.get(clone);
  const value =
    clone.kind === "Made" ? clone.make() : clone.kind === "Moved" ? clone.move() : begin(clone, made);
  made.set(clone, value);
  if (clone.kind !== "Made" && clone.kind !== "Moved") fill(clone, value as object, made);
  return value;
}

function begin(clone: Container, made: Map<Clone, unknown>): object {
  switch (clone.kind) {
    case "Map":
      return new Map();
    case "Set":
      return new Set();
    case "Array":
      return new Array<unknown>(clone.length);
    case "Object":
      return {};
    case "View": {
      const buffer = build(clone.buffer, made);
      return new (constructorOf(clone.name))(buffer, clone.byteOffset, clone.length);
    }
    case "Error": {
      const error = new (constructorOf(clone.name))();
      if (clone.message !== undefined) hide(error, "message", clone.message);
      hide(error, "stack", clone.stack);
      return error;
    }
  }
}

function fill(clone: Container, value: object, made: Map<Clone, unknown>): void {
  if (clone.kind === "Array" || clone.kind === "Object") {
    for (const [index, key] of clone.keys.entries()) {
      const item = build(clone.items[index] as Clone, made);
      Object.defineProperty(value, key, {
        value: item,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  } else if (clone.kind === "Map") {
    for (let index = 0; index < clone.items.length; index += 2) {
      const [key, item] = [clone.items[index], clone.items[index + 1]];
      (value as Map<unknown, unknown>).set(build(key as Clone, made), build(item as Clone, made));
    }
  } else if (clone.kind === "Set") {
    for (const item of clone.items) (value as Set<unknown>).add(build(item, made));
  } else if (clone.kind === "Error" && clone.cause) hide(value, "cause", build(clone.cause, made));
}

function hide(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: false, configurable: true });
}
