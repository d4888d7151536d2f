import type { UrlParser } from "../runtime/globals/url.ts";
import { markWith, URLSearchParams } from "./url/search-params.ts";
import { createUrlClass, type ObjectUrls } from "./url/url.ts";

/** `URL` and `URLSearchParams`, which parse by `parser`. What they make is put into `uncloneable`. */
export function createUrl(
  parser: UrlParser,
  objects: ObjectUrls,
  uncloneable: WeakSet<object>,
): { URL: unknown; URLSearchParams: unknown } {
  markWith(uncloneable);
  return { URL: createUrlClass(parser, objects, uncloneable), URLSearchParams };
}
