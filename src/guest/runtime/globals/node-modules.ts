import { arrayIncludes, arrayJoin, SafeError, stringSplit } from "../primordials.ts";
import type { Chunks } from "./chunks.ts";

/**
 * The built-in modules that lie in chunks of their own, `src/guest/node/<name>.ts`, where a slash or an underscore of the
 * name is a hyphen. Lists, as every environment makes them: V8 shares a list's elements, and would copy a table's fields.
 */
const NAMES: readonly string[] = [
  "isolet/runtime",
  "assert/strict",
  "assert",
  "async_hooks",
  "buffer",
  "child_process",
  "cluster",
  "console",
  "constants",
  "crypto",
  "dgram",
  "diagnostics_channel",
  "dns/promises",
  "dns",
  "domain",
  "events",
  "fs/promises",
  "fs",
  "http2",
  "http",
  "https",
  "inspector/promises",
  "inspector",
  "net",
  "os",
  "path/posix",
  "path/win32",
  "path",
  "perf_hooks",
  "punycode",
  "querystring",
  "readline/promises",
  "readline",
  "repl",
  "sea",
  "sqlite",
  "stream/consumers",
  "stream/promises",
  "stream/web",
  "stream",
  "string_decoder",
  "sys",
  "test/reporters",
  "test",
  "timers",
  "tls",
  "trace_events",
  "tty",
  "url",
  "util/types",
  "util",
  "v8",
  "vm",
  "wasi",
  "worker_threads",
  "zlib",
];

/** Those that Node has only as `node:<name>`: without it, the name is a package's. */
const PREFIXED: readonly string[] = ["sea", "sqlite", "test", "test/reporters"];

/** Whether a name without `node:` is no built-in module's. */
export function needsPrefix(name: string): boolean {
  return arrayIncludes(PREFIXED, name);
}

/** Makes a built-in module that lies in a chunk; undefined when there is none of that name. */
export function makeNodeModule(
  name: string,
  chunks: Chunks,
  require: (name: unknown) => unknown,
  parts: () => object,
): unknown {
  if (!arrayIncludes(NAMES, name)) return undefined;
  const factory = chunks.loadModule(chunkOf(name));
  return factory(require, parts());
}

function chunkOf(name: string): string {
  return `node-${arrayJoin(stringSplit(arrayJoin(stringSplit(name, "/"), "-"), "_"), "-")}`;
}

/** A module that asks, while it is made, for one that asks for it: its parts must be taken apart. */
export function circular(name: string): Error {
  return new SafeError(`The built-in module "${name}" was asked for while it was being made.`);
}
