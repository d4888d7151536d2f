/**
 * vitest's global set-up: the right Node, and what the tests run from dist/.
 *
 * `npm test` has built everything before (its `pretest`) and fails if it can't. vitest run by hand, on a few files
 * of work in progress, gets the quick build only, and a warning where something could not be built or is old.
 */
import { buildCell } from "./build-cell.ts";
import { buildIfMissing, isStale } from "./build.ts";

export default async function setUp(): Promise<void> {
  checkNodeVersion();
  try {
    await buildCell();
    await buildIfMissing();
  } catch (error) {
    console.warn(`Tests that use dist/ may fail or see an old build: ${String(error)}`);
    return;
  }
  if (await isStale())
    console.warn("dist/ is older than the sources: tests of the built package see the old one.");
}

/** CI names the major version it means to test, since `PATH` may well hold another. */
function checkNodeVersion(): void {
  const wanted = process.env["ISOLET_NODE"];
  const actual = process.versions.node;
  if (wanted && actual.split(".")[0] !== wanted) {
    throw new Error(`ISOLET_NODE asks for Node ${wanted}, but this is Node ${actual} (${process.execPath}).`);
  }
}
