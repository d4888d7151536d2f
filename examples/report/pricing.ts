/** Lambda's public on-demand prices for x86 in us-east-1, first tier, free tier left out. */
export const USD_PER_GB_SECOND = 0.0000166667;
export const USD_PER_MILLION_REQUESTS = 0.2;

export const PRICE_NOTE: string =
  `Cost at Lambda's public x86 price in us-east-1: $${USD_PER_GB_SECOND} per GB-second ` +
  `and $${USD_PER_MILLION_REQUESTS.toFixed(2)} per million requests.`;

export function costUsd(gbSeconds: number, requests: number): number {
  return gbSeconds * USD_PER_GB_SECOND + (requests / 1_000_000) * USD_PER_MILLION_REQUESTS;
}
