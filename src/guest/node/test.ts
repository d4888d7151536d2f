/** `node:test`: tests run outside, against the engine. */
import { refuse, refuseAll } from "./shared/refuse.ts";

const NAMES = [
  "after",
  "afterEach",
  "assert",
  "before",
  "beforeEach",
  "describe",
  "it",
  "mock",
  "only",
  "run",
  "skip",
  "snapshot",
];
const WHY = "run tests outside of functions, and invoke these in them.";

export function create(): object {
  const test = refuse("test", "test", WHY, "ERR_NOT_AVAILABLE");
  const all = refuseAll("test", [...NAMES, "suite", "todo", "getTestContext"], WHY, "ERR_NOT_AVAILABLE");
  return Object.assign(test, all, { test });
}
