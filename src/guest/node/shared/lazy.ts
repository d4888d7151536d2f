/** Exports that are made when they are first read: what nobody uses costs nothing. */
export function lazily<T extends object>(exports: T, makers: Readonly<Record<string, () => unknown>>): T {
  for (const [name, make] of Object.entries(makers)) {
    const set = (value: unknown): void => {
      Object.defineProperty(exports, name, { value, writable: true, enumerable: true, configurable: true });
    };
    Object.defineProperty(exports, name, {
      get: (): unknown => {
        const value = make();
        set(value);
        return value;
      },
      set,
      enumerable: true,
      configurable: true,
    });
  }
  return exports;
}
