/** `util.inspect` and `util.format`, and what of the console needs them. */
export { format, formatWithOptions, inspect, stripVTControlCharacters } from "node-inspect-extracted";
export { formatDuration } from "./inspect/duration.ts";
export { formatTable } from "./inspect/table.ts";
