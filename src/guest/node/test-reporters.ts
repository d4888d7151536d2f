/** `node:test/reporters`. */
import { refuseAll } from "./shared/refuse.ts";

export function create(): object {
  const why = "run tests outside of functions.";
  return refuseAll("test/reporters", ["dot", "junit", "lcov", "spec", "tap"], why, "ERR_NOT_AVAILABLE");
}
