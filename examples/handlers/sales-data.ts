/** Stands for the table a real report would read. A day always has the same sales. */

export interface Sale {
  readonly region: string;
  readonly channel: string;
  readonly amountCents: number;
  /** How long the checkout took for the customer. */
  readonly checkoutMs: number;
  readonly refunded: boolean;
}

const REGIONS = ["Central", "Nordics", "South", "Overseas"];
const CHANNELS = ["web", "app", "shop"];

export function salesOf(day: string, count = 1_500): readonly Sale[] {
  let state = Array.from(day).reduce(
    (hash, char) => Math.imul(hash ^ char.charCodeAt(0), 16_777_619),
    2_166_136_261,
  );
  // A linear congruential generator: made-up numbers need to be the same each time, not unguessable.
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  return Array.from({ length: count }, () => ({
    region: pick(REGIONS),
    channel: pick(CHANNELS),
    amountCents: 500 + Math.floor(next() ** 3 * 60_000),
    checkoutMs: 180 + Math.floor(next() ** 6 * 9_000),
    refunded: next() < 0.03,
  }));
}
