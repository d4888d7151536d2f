interface NotYet {
  readonly why: string;
  readonly error: RegExp;
}

/** The rungs that don't work yet, by their functions' names: why, and what they fail with. When one begins to work its test says so. */
export const NOT_YET: Readonly<Record<string, NotYet>> = {};
