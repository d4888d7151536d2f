/** `util.inspect` and `util.format`, and what of the console needs them. */
import * as node from "node-inspect-extracted";
import { withStacks } from "./inspect/stacks.ts";

export const format: typeof node.format = withStacks(node.format);
export const formatWithOptions: typeof node.formatWithOptions = withStacks(node.formatWithOptions);
export const inspect: typeof node.inspect = withStacks(node.inspect);
export { stripVTControlCharacters } from "node-inspect-extracted";
export { formatDuration } from "./inspect/duration.ts";
export { formatTable } from "./inspect/table.ts";
