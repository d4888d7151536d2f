import { InvalidOptionError } from "../base/errors.ts";
import { nearestName } from "./did-you-mean.ts";

type Fields = Readonly<Record<string, unknown>>;

const NO_HINTS: ReadonlyMap<string, string> = new Map();

/** What a map of texts may hold. */
export interface TextMapRules {
  /** What is allowed, said when the value isn't a map at all. */
  readonly allowed: string;
  /** What a key is called in messages, such as `environment name`. */
  readonly keyField: string;
  /** What is allowed instead of this key, or `undefined` when it is in order. */
  readonly refuseKey: (key: string) => string | undefined;
  /** Longest value, in characters. */
  readonly maxValueLength: number;
}

/**
 * Reads one function's settings, checked at run time since callers may write JavaScript. A setting that is absent or
 * `undefined` is taken from the defaults, else from the fallback. Every refusal is an `InvalidOptionError` with code
 * `INVALID_SETTING` that names the function, the setting, its value and what is allowed.
 */
export class SettingReader {
  readonly #subject: string;
  readonly #given: Fields;
  readonly #defaults: Fields;

  constructor(subject: string, given: unknown, defaults: unknown) {
    this.#subject = subject;
    this.#given = this.#asFields("settings", given);
    this.#defaults = this.#asFields("defaults", defaults);
  }

  /** Refuses every setting that isn't in `known`; `hints` says what to use for names people bring from elsewhere. */
  refuseUnknown(known: readonly string[], hints: ReadonlyMap<string, string>): void {
    for (const fields of [this.#given, this.#defaults]) {
      for (const field of Object.keys(fields)) {
        if (!known.includes(field)) this.refuse(field, fields[field], instead(field, known, hints));
      }
    }
  }

  integer(field: string, min: number, max: number, fallback: number): number {
    return this.optionalInteger(field, min, max) ?? fallback;
  }

  optionalInteger(field: string, min: number, max: number): number | undefined {
    const value = this.#read(field);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.refuse(field, value, `an integer from ${min} to ${max}`);
  }

  oneOf<const Choice extends string>(field: string, choices: readonly Choice[], fallback: Choice): Choice {
    const value = this.#read(field);
    if (value === undefined) return fallback;
    const choice = choices.find((candidate) => candidate === value);
    return choice ?? this.refuse(field, value, choices.map((one) => JSON.stringify(one)).join(" or "));
  }

  /** Default false. */
  boolean(field: string, fallback: boolean = false): boolean {
    const value = this.#read(field);
    if (value === undefined || typeof value === "boolean") return value ?? fallback;
    return this.refuse(field, value, "true or false");
  }

  /** What is set, of whatever type, or by default. */
  value(field: string): unknown {
    return this.#read(field);
  }

  /** A frozen list of texts, without doubles; undefined when it isn't set. `allowed` says what each may be. */
  texts(
    field: string,
    isAllowed: (text: string) => boolean,
    allowed: string,
    [minCount, maxCount]: readonly [number, number],
  ): readonly string[] | undefined {
    const value = this.#read(field);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.refuse(field, value, `a list, of each ${allowed}`);
    if (value.length < minCount || value.length > maxCount) {
      return this.refuse(`${field}.length`, value.length, `${minCount} to ${maxCount} entries`);
    }
    const entries: readonly unknown[] = value;
    const texts = entries.map((entry, index) =>
      typeof entry === "string" && isAllowed(entry)
        ? entry
        : this.refuse(`${field}[${index}]`, entry, allowed),
    );
    return Object.freeze([...new Set(texts)]);
  }

  /** A reader of the settings in `field`, which it knows by their full names, such as `limits.cpuMs`. */
  group(
    field: string,
    names: readonly string[],
    hints: ReadonlyMap<string, string> = NO_HINTS,
  ): SettingReader {
    const own = this.#groupOf(field, this.#given[field]);
    const defaults = this.#groupOf(field, this.#defaults[field]);
    return this.#groupReader(field, own, defaults, names, hints);
  }

  /** A reader of `value`, which is what is set in `field`, as {@link group} gives one; without defaults. */
  part(field: string, value: unknown, names: readonly string[]): SettingReader {
    return this.#groupReader(field, this.#groupOf(field, value), {}, names, NO_HINTS);
  }

  #groupReader(
    field: string,
    own: Fields,
    defaults: Fields,
    names: readonly string[],
    hints: ReadonlyMap<string, string>,
  ): SettingReader {
    const reader = new SettingReader(this.#subject, own, defaults);
    reader.refuseUnknown(
      names.map((name) => `${field}.${name}`),
      hints,
    );
    return reader;
  }

  #groupOf(field: string, value: unknown): Fields {
    if (value === undefined) return {};
    if (!isPlainObject(value)) return this.refuse(field, value, "an object of settings");
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [`${field}.${name}`, one]));
  }

  text(field: string, pattern: RegExp, allowed: string, fallback: string): string {
    const value = this.#read(field);
    if (value === undefined) return fallback;
    if (typeof value === "string" && pattern.test(value)) return value;
    return this.refuse(field, value, allowed);
  }

  /** The defaults' entries and over them the function's own, as a frozen map. */
  textMap(field: string, rules: TextMapRules): Readonly<Record<string, string>> {
    const entries = new Map<string, string>();
    for (const fields of [this.#defaults, this.#given]) {
      const map = fields[field];
      if (map === undefined) continue;
      if (!isPlainObject(map)) this.refuse(field, map, rules.allowed);
      for (const [key, value] of Object.entries(map)) {
        entries.set(key, this.#checkEntry(field, key, value, rules));
      }
    }
    return Object.freeze(Object.fromEntries(entries));
  }

  refuse(field: string, value: unknown, allowed: string): never {
    throw new InvalidOptionError(this.#subject, field, value, allowed, "INVALID_SETTING");
  }

  #checkEntry(field: string, key: string, value: unknown, rules: TextMapRules): string {
    const allowedKey = rules.refuseKey(key);
    if (allowedKey !== undefined) this.refuse(rules.keyField, key, allowedKey);
    const path = `${field}[${JSON.stringify(key)}]`;
    if (typeof value !== "string") return this.refuse(path, value, "a string");
    // A value may be a secret and messages end up in logs: tell its length only.
    if (value.length > rules.maxValueLength) {
      this.refuse(`${path}.length`, value.length, `0 to ${rules.maxValueLength} characters`);
    }
    return value;
  }

  #read(field: string): unknown {
    const own = this.#given[field];
    return own === undefined ? this.#defaults[field] : own;
  }

  #asFields(field: string, value: unknown): Fields {
    return isPlainObject(value) ? value : this.refuse(field, value, "an object of settings");
  }
}

function isPlainObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function instead(field: string, known: readonly string[], hints: ReadonlyMap<string, string>): string {
  const hint = hints.get(field.toLowerCase());
  if (hint !== undefined) return `no setting of this name; use ${hint}`;
  const near = nearestName(field, known);
  if (near !== undefined) return `no setting of this name; did you mean ${near}?`;
  return `no setting of this name; the settings are ${known.join(", ")}`;
}
