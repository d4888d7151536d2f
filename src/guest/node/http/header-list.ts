/** A value as it was set. */
export type HeaderValue = string | number | readonly string[];

/** Headers that are to be sent, by their names in small letters. */
export class HeaderList {
  readonly #headers = new Map<string, [name: string, value: HeaderValue]>();

  set(name: string, value: HeaderValue): void {
    this.#headers.set(name.toLowerCase(), [name, value]);
  }

  append(name: string, value: string | readonly string[]): void {
    const before = this.#headers.get(name.toLowerCase());
    if (!before) {
      this.set(name, value);
      return;
    }
    const values = Array.isArray(before[1]) ? (before[1] as string[]) : [String(before[1])];
    before[1] = values.concat(value);
  }

  get(name: string): HeaderValue | undefined {
    return this.#headers.get(name.toLowerCase())?.[1];
  }

  has(name: string): boolean {
    return this.#headers.has(name.toLowerCase());
  }

  delete(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }

  names(): string[] {
    return [...this.#headers.keys()];
  }

  rawNames(): string[] {
    return [...this.#headers.values()].map(([name]) => name);
  }

  toObject(): Record<string, HeaderValue> {
    const all = Object.create(null) as Record<string, HeaderValue>;
    for (const [key, [, value]] of this.#headers) all[key] = value;
    return all;
  }

  /** One line for each value; of what has only one, the values joined. */
  lines(): [name: string, value: string][] {
    return [...this.#headers.values()].flatMap(([name, value]) => linesOf(name, value));
  }
}

/** `[name, value]` of each line that a header takes. */
export function linesOf(name: string, value: unknown): [name: string, value: string][] {
  if (!Array.isArray(value)) return [[name, String(value)]];
  if (name.toLowerCase() === "cookie") return [[name, value.join("; ")]];
  return value.map((one: unknown) => [name, String(one)]);
}
