/** The values set or read last, at most so many. */
export class Recent<Value> {
  readonly #limit: number;
  readonly #values = new Map<string, Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(name: string): Value | undefined {
    const value = this.#values.get(name);
    if (value !== undefined) this.#keep(name, value);
    return value;
  }

  set(name: string, value: Value): void {
    this.#keep(name, value);
    if (this.#values.size <= this.#limit) return;
    const oldest = this.#values.keys().next();
    if (!oldest.done) this.#values.delete(oldest.value);
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  #keep(name: string, value: Value): void {
    this.#values.delete(name);
    this.#values.set(name, value);
  }
}
