import { withCode } from "./errors.ts";
import { linesOf } from "./header-list.ts";
import { validateHeaderName, validateHeaderValue } from "./names.ts";

/** Headers as `writeHead` takes them: an object, pairs, or names and values in turns. */
export function given(headers: unknown): [name: string, value: string][] {
  const pairs = pairsOf(headers);
  for (const [name, value] of pairs) {
    validateHeaderName(name);
    for (const one of [value].flat()) validateHeaderValue(name, one);
  }
  return pairs.flatMap(([name, value]) => linesOf(name, value));
}

export function pairsOf(headers: unknown): [name: string, value: unknown][] {
  if (!Array.isArray(headers)) return Object.entries(headers as object);
  if (Array.isArray(headers[0])) return headers as [string, unknown][];
  if (headers.length % 2 !== 0) {
    const message = "The argument 'headers' must have an even number of elements.";
    throw withCode("ERR_INVALID_ARG_VALUE", new TypeError(message));
  }
  return Array.from({ length: headers.length / 2 }, (_none, index) => [
    headers[index * 2] as string,
    headers[index * 2 + 1] as unknown,
  ]);
}
