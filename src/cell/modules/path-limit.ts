import { ServiceError } from "../services/service.ts";

/** Longest path, and name of a module, in characters: Linux's own limit. What is done with one grows with its square. */
const PATH_LIMIT = 4_096;

/** Longest key that is remembered, and how many: guests can ask for more names than there are files. */
const KEY_LIMIT = 512;
const KEPT_LIMIT = 50_000;

/** @throws ServiceError for one that is too long. */
export function checkPath(path: string): string {
  if (path.length <= PATH_LIMIT) return path;
  throw new ServiceError(
    "Error",
    `ENAMETOOLONG: a path or name of ${path.length} characters; the limit is ${PATH_LIMIT}: ${path.slice(0, 40)}…`,
    "ENAMETOOLONG",
  );
}

/** Remembers what a path led to, as long as that is not too much. */
export function keep<Value>(kept: Map<string, Value>, key: string, value: Value): void {
  if (key.length > KEY_LIMIT) return;
  if (kept.size >= KEPT_LIMIT) kept.clear();
  kept.set(key, value);
}
