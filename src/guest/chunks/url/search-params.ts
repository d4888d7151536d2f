import { inspectKey, type InspectOptions, type Inspect } from "./inspect.ts";
import { defineInterface } from "../web/interface.ts";
import { requireFunction } from "../../runtime/globals/errors.ts";
import { type Pair, parseForm, serializeForm } from "./form.ts";

/** Set by the URL that a URLSearchParams belongs to. */
export interface Owner {
  changed(query: string): void;
}

let uncloneable = new WeakSet<object>();

/** Where every URLSearchParams is noted down as one that `structuredClone` refuses. */
export function markWith(marks: WeakSet<object>): void {
  uncloneable = marks;
}

let setOwner: (params: URLSearchParams, owner: Owner) => void;
let setPairs: (params: URLSearchParams, query: string) => void;

/** Makes `params` tell `owner` of every change. */
export const bindOwner = (params: URLSearchParams, owner: Owner): void => setOwner(params, owner);
/** Replaces what `params` hold without telling its owner. */
export const replacePairs = (params: URLSearchParams, query: string): void => setPairs(params, query);

export class URLSearchParams {
  #pairs: Pair[];
  #owner: Owner | undefined;

  static {
    setOwner = (params, owner) => (params.#owner = owner);
    setPairs = (params, query) => (params.#pairs = parseForm(query));
  }

  constructor(init?: unknown) {
    uncloneable.add(this);
    this.#pairs = pairsOf(init);
  }

  get size(): number {
    return this.#pairs.length;
  }

  append(name: unknown, value: unknown): void {
    requireArguments(arguments.length, 2, '"name" and "value" arguments');
    this.#pairs.push([text(name), text(value)]);
    this.#changed();
  }

  delete(name: unknown, value?: unknown): void {
    requireArguments(arguments.length, 1, '"name" argument');
    const matches = matcher(name, value);
    this.#pairs = this.#pairs.filter((pair) => !matches(pair));
    this.#changed();
  }

  get(name: unknown): string | null {
    requireArguments(arguments.length, 1, '"name" argument');
    return this.#pairs.find(matcher(name))?.[1] ?? null;
  }

  getAll(name: unknown): string[] {
    requireArguments(arguments.length, 1, '"name" argument');
    return this.#pairs.filter(matcher(name)).map(([, value]) => value);
  }

  has(name: unknown, value?: unknown): boolean {
    requireArguments(arguments.length, 1, '"name" argument');
    return this.#pairs.some(matcher(name, value));
  }

  set(name: unknown, value: unknown): void {
    requireArguments(arguments.length, 2, '"name" and "value" arguments');
    const wanted = text(name);
    const first = this.#pairs.find(matcher(wanted));
    if (first) {
      first[1] = text(value);
      this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== wanted);
    } else this.#pairs.push([wanted, text(value)]);
    this.#changed();
  }

  /** By name, in UTF-16 code units; those of one name keep their order. */
  sort(): void {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed();
  }

  forEach(visit: (value: string, name: string, params: this) => unknown, self?: unknown): void {
    requireFunction("callback", visit);
    for (let index = 0; index < this.#pairs.length; index++) {
      const [name, value] = this.#pairs[index] as Pair;
      visit.call(self, value, name, this);
    }
  }

  /** Live: what is appended meanwhile is given too. None asks another, which a subclass may have replaced. */
  *entries(): Generator<Pair, void, undefined> {
    for (let index = 0; index < this.#pairs.length; index++) yield [...(this.#pairs[index] as Pair)];
  }

  *keys(): Generator<string, void, undefined> {
    for (let index = 0; index < this.#pairs.length; index++) yield (this.#pairs[index] as Pair)[0];
  }

  *values(): Generator<string, void, undefined> {
    for (let index = 0; index < this.#pairs.length; index++) yield (this.#pairs[index] as Pair)[1];
  }

  toString(): string {
    return serializeForm(this.#pairs);
  }

  declare [Symbol.iterator]: () => Generator<Pair, void, undefined>;

  #changed(): void {
    this.#owner?.changed(serializeForm(this.#pairs));
  }
}

Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, {
  value: URLSearchParams.prototype.entries,
  writable: true,
  configurable: true,
});
defineInterface(URLSearchParams, "URLSearchParams", [
  ...["size", "append", "delete", "get", "getAll", "has", "set", "sort"],
  ...["forEach", "entries", "keys", "values", "toString"],
]);
Object.defineProperty(URLSearchParams, "length", { value: 0, configurable: true });
for (const name of ["delete", "has", "forEach"] as const) {
  Object.defineProperty(URLSearchParams.prototype[name], "length", { value: 1, configurable: true });
}

Object.defineProperty(URLSearchParams.prototype, inspectKey, {
  value(this: URLSearchParams, _depth: number, options: InspectOptions, inspect: Inspect): string {
    const show = ([name, value]: Pair): string => `${inspect(name, options)} => ${inspect(value, options)}`;
    return this.size === 0 ? "URLSearchParams {}" : `URLSearchParams { ${[...this].map(show).join(", ")} }`;
  },
});

/** As Web IDL makes a USVString: not by `String`, which takes symbols too. */
function text(value: unknown): string {
  return `${value as number}`.toWellFormed();
}

function matcher(name: unknown, value?: unknown): (pair: Pair) => boolean {
  const wantedName = text(name);
  if (value === undefined) return (pair) => pair[0] === wantedName;
  const wantedValue = text(value);
  return (pair) => pair[0] === wantedName && pair[1] === wantedValue;
}

function pairsOf(init: unknown): Pair[] {
  if (init === undefined) return [];
  if (init === null || (typeof init !== "object" && typeof init !== "function")) {
    const query = text(init);
    return parseForm(query.startsWith("?") ? query.slice(1) : query);
  }
  const iterator: unknown = (init as Partial<Iterable<unknown>>)[Symbol.iterator];
  if (iterator === undefined || iterator === null) return pairsOfRecord(init);
  if (typeof iterator !== "function") throw notIterable("Query pairs");
  return Array.from(init as Iterable<unknown>, pairOf);
}

function pairsOfRecord(init: object): Pair[] {
  const pairs = new Map<string, string>();
  for (const key of Reflect.ownKeys(init)) {
    if (!Reflect.getOwnPropertyDescriptor(init, key)?.enumerable) continue;
    if (typeof key === "symbol") throw new TypeError("Cannot convert a Symbol value to a string");
    pairs.set(text(key), text((init as Record<string, unknown>)[key]));
  }
  return [...pairs];
}

function pairOf(value: unknown): Pair {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  if (!isObject || typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] !== "function") {
    throw notIterable("Each query pair");
  }
  const [name, pairValue, ...others] = value as Iterable<unknown> & [unknown, unknown];
  if (others.length > 0 || [...(value as Iterable<unknown>)].length !== 2) throw notTuple();
  return [text(name), text(pairValue)];
}

function notTuple(): TypeError {
  const error = new TypeError("Each query pair must be an iterable [name, value] tuple");
  return Object.assign(error, { code: "ERR_INVALID_TUPLE" });
}

function notIterable(what: string): TypeError {
  return what === "Each query pair"
    ? notTuple()
    : Object.assign(new TypeError(`${what} must be iterable`), { code: "ERR_ARG_NOT_ITERABLE" });
}

function requireArguments(given: number, wanted: number, names: string): void {
  if (given >= wanted) return;
  const error = new TypeError(`The ${names} must be specified`);
  throw Object.assign(error, { code: "ERR_MISSING_ARGS" });
}
