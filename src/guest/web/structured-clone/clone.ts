import type { Parts } from "../../runtime/globals/parts.ts";
import type { Cloning } from "../../runtime/globals/cloners.ts";
import { build, type Clone } from "./build.ts";
import { kindOf, viewName } from "./kinds.ts";
import { dataCloneError } from "./data-clone-error.ts";
import { createTransfers } from "./transfer.ts";

const ERROR_NAMES = ["EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"];

export function createCloner(parts: Parts): Pick<Cloning, "clone" | "cloneAll"> {
  const transfers = createTransfers(parts);

  function cloneAll(value: unknown, transfer: readonly unknown[]): { value: unknown; moved: unknown[] } {
    const memory = new Map<unknown, Clone>();
    for (const item of transfer) {
      if (memory.has(item)) throw dataCloneError("An object is in the transfer list twice");
      memory.set(item, { kind: "Moved", move: transfers.of(item) });
    }
    const clone = new Walk(parts, memory).visit(value);
    // Only now: nothing moves when anything could not be cloned.
    const made = new Map<Clone, unknown>();
    const moved = transfer.map((item) => build(memory.get(item) as Clone, made));
    return { value: build(clone, made), moved };
  }

  return { cloneAll, clone: (value, transfer) => cloneAll(value, transfer).value };
}

/** Reads a value and all that hangs on it, once, without changing anything. */
class Walk {
  readonly #parts: Parts;
  readonly #memory: Map<unknown, Clone>;

  constructor(parts: Parts, memory: Map<unknown, Clone>) {
    this.#parts = parts;
    this.#memory = memory;
  }

  visit(value: unknown): Clone {
    if (typeof value === "symbol") throw dataCloneError(`${String(value)} could not be cloned.`);
    if (typeof value === "function")
      throw dataCloneError(`${String(value).slice(0, 200)} could not be cloned.`);
    if (typeof value !== "object" || value === null) return { kind: "Same", value };
    const known = this.#memory.get(value);
    if (known) return known;
    const clone = this.#begin(value);
    this.#memory.set(value, clone);
    this.#fill(value, clone);
    return clone;
  }

  /** What the clone is; what hangs on it follows when it is known, since that may lead back to it. */
  #begin(value: object): Clone {
    const platform = this.#parts.cloners.find((cloner) => cloner.is(value));
    if (platform) return { kind: "Made", make: platform.prepare(value) };
    if (this.#parts.uncloneable.has(value)) throw this.#refuse(value);
    const kind = kindOf(value);
    switch (kind) {
      case "Boolean":
      case "Number":
      case "String":
      case "BigInt":
        return { kind: "Made", make: () => Object((primitive[kind] as () => unknown).call(value)) as object };
      case "Date":
        return { kind: "Made", make: () => new Date(Date.prototype.getTime.call(value)) };
      case "RegExp": {
        const { source, flags } = value as RegExp;
        return { kind: "Made", make: () => new RegExp(source, flags) };
      }
      case "ArrayBuffer":
        if ((value as ArrayBuffer).detached)
          throw dataCloneError("An ArrayBuffer is detached and could not be cloned.");
        return { kind: "Made", make: () => ArrayBuffer.prototype.slice.call(value, 0) };
      case "SharedArrayBuffer":
        return { kind: "Same", value };
      case "View":
        return this.#view(value as ArrayBufferView);
      case "Error":
        return { kind: "Error", ...errorFields(value as Error), cause: undefined };
      case "Map":
      case "Set":
        return { kind, items: [] };
      case "Array":
        return { kind: "Array", length: (value as unknown[]).length, keys: [], items: [] };
      case "Object":
        return { kind: "Object", keys: [], items: [] };
      default:
        throw this.#refuse(value);
    }
  }

  #fill(value: object, clone: Clone): void {
    if (clone.kind === "Map") {
      for (const item of [...Map.prototype.entries.call(value)].flat()) clone.items.push(this.visit(item));
    } else if (clone.kind === "Set") {
      for (const item of [...Set.prototype.values.call(value)]) clone.items.push(this.visit(item));
    } else if (clone.kind === "Error") {
      if (Object.hasOwn(value, "cause")) clone.cause = this.visit((value as Error).cause);
    } else if (clone.kind === "Array" || clone.kind === "Object") {
      for (const key of Object.keys(value)) {
        // A getter may have taken it away.
        if (!Object.hasOwn(value, key)) continue;
        const item = this.visit((value as Readonly<Record<string, unknown>>)[key]);
        clone.keys.push(key);
        clone.items.push(item);
      }
    }
  }

  #view(view: ArrayBufferView): Clone {
    const name = viewName(view);
    const { byteOffset, byteLength } = view;
    const size = name === "DataView" ? 1 : (view as Uint8Array).BYTES_PER_ELEMENT;
    if ((view.buffer as ArrayBuffer).detached)
      throw dataCloneError("A view's buffer is detached and could not be cloned.");
    return { kind: "View", name, buffer: this.visit(view.buffer), byteOffset, length: byteLength / size };
  }

  #refuse(value: object): Error {
    const { constructor } = value as { readonly constructor?: { readonly name?: string } };
    return dataCloneError(`#<${constructor?.name ?? "Object"}> could not be cloned.`);
  }
}

const primitive = {
  Boolean: Boolean.prototype.valueOf,
  Number: Number.prototype.valueOf,
  String: String.prototype.valueOf,
  BigInt: BigInt.prototype.valueOf,
};

function errorFields(error: Error): { name: string; message: string | undefined; stack: string | undefined } {
  const name = `${error.name as unknown as number}`;
  const message: unknown = Object.getOwnPropertyDescriptor(error, "message")?.value;
  const { stack } = error as { readonly stack?: unknown };
  return {
    name: ERROR_NAMES.includes(name) ? name : "Error",
    message: message === undefined ? undefined : `${message as number}`,
    stack: typeof stack === "string" ? stack : undefined,
  };
}
