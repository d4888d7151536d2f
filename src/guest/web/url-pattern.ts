/** `URLPattern`, of urlpattern-polyfill. */
import { URLPattern } from "urlpattern-polyfill/urlpattern";

export function create(): object {
  return { URLPattern };
}
