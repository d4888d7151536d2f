/** Random values from a seed: the same seed gives the same events on every run and machine. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number;
  /** An integer from `min` to `max`, both included. */
  int(min: number, max: number): number;
  pick<T>(values: readonly T[]): T;
  /** True in `share` of all cases. */
  chance(share: number): boolean;
  hex(length: number): string;
  /** Upper-case letters and digits, as AWS's short ids are. */
  id(length: number): string;
  base64(bytes: number): string;
  uuid(): string;
  ip(): string;
}

const ID_LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

export function createRandom(seed: number): Random {
  const next = mulberry32(seed);
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(values: readonly T[]): T => values[int(0, values.length - 1)]!;
  const text = (length: number, letter: () => string): string => Array.from({ length }, letter).join("");
  const hex = (length: number): string => text(length, () => int(0, 15).toString(16));
  return {
    next,
    int,
    pick,
    chance: (share) => next() < share,
    hex,
    id: (length) => text(length, () => pick(ID_LETTERS)),
    base64: (bytes) => Buffer.from(Array.from({ length: bytes }, () => int(0, 255))).toString("base64"),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${pick(["8", "9", "a", "b"])}${hex(3)}-${hex(12)}`,
    ip: () => `203.0.113.${int(1, 254)}`,
  };
}

/** Mulberry32: small, fast and good enough to vary events; never for secrets. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
