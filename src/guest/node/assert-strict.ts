/** `node:assert/strict`. */
import assert from "node:assert";

export function create(): object {
  return assert.strict;
}
