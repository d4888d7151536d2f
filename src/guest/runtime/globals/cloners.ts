/** How `structuredClone` treats objects of one of the runtime's own classes. Chunks add theirs when they are made. */
export interface PlatformCloner {
  is(value: object): boolean;
  /** Reads the object; what it gives makes the clone. Throws what `structuredClone` is to throw. */
  prepare(value: object): () => unknown;
  /** Whether it can be in a transfer list. */
  isMovable?(value: object): boolean;
  /** What moves it, or nothing when it can't be moved now. */
  move?(value: object): (() => unknown) | undefined;
}

/** What the chunk of `structuredClone` gives. */
export interface Cloning {
  structuredClone(value: unknown, options: unknown): unknown;
  /** The transfer list that is given to `structuredClone` or `postMessage`. */
  transferList(options: unknown): unknown[];
  /** A clone of `value`, in which what is in `transfer` has moved. @throws DataCloneError */
  clone(value: unknown, transfer: readonly unknown[]): unknown;
  /** Likewise, with what has been moved, in order. */
  cloneAll(
    value: unknown,
    transfer: readonly unknown[],
  ): { readonly value: unknown; readonly moved: unknown[] };
}
