/** `node:buffer`, as far as undici's fetch uses it. */
import { runtime } from "./ports.ts";

export function resolveObjectURL(url: string): unknown {
  return runtime.objectUrls.get(url);
}
