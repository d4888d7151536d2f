/** A `long long` of Web IDL, cut to what is exact where it `clamps`. */
export function integer(value: unknown, clamps: boolean): number {
  const number = Number(value);
  if (Number.isNaN(number)) return 0;
  if (clamps) return Math.round(Math.min(Math.max(number, -(2 ** 53) + 1), 2 ** 53 - 1));
  return Number.isFinite(number) ? Number(BigInt.asIntN(64, BigInt(Math.trunc(number)))) : 0;
}
