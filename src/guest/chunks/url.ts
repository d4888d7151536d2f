import type { UrlParser } from "../runtime/globals/url.ts";
import { createUrlClass } from "./url/url.ts";
import { URLSearchParams } from "./url/search-params.ts";

/** `URL` and `URLSearchParams`, which parse by `parser`. */
export function createUrl(parser: UrlParser): { URL: unknown; URLSearchParams: unknown } {
  return { URL: createUrlClass(parser), URLSearchParams };
}
