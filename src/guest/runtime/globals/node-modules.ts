import { record, SafeError, stringSplit, arrayJoin } from "../primordials.ts";
import type { Chunks } from "./chunks.ts";

/**
 * The built-in modules that lie in chunks of their own, `src/guest/node/<name>.ts`, where a slash or an underscore of the
 * name is a hyphen.
 */
const NAMES: Readonly<Record<string, true>> = record<Record<string, true>>({
  "isolet/runtime": true,
  "assert/strict": true,
  assert: true,
  async_hooks: true,
  buffer: true,
  child_process: true,
  cluster: true,
  console: true,
  constants: true,
  crypto: true,
  dgram: true,
  diagnostics_channel: true,
  "dns/promises": true,
  dns: true,
  domain: true,
  events: true,
  "fs/promises": true,
  fs: true,
  http2: true,
  http: true,
  https: true,
  "inspector/promises": true,
  inspector: true,
  net: true,
  os: true,
  "path/posix": true,
  "path/win32": true,
  path: true,
  perf_hooks: true,
  punycode: true,
  querystring: true,
  "readline/promises": true,
  readline: true,
  repl: true,
  sea: true,
  sqlite: true,
  "stream/consumers": true,
  "stream/promises": true,
  "stream/web": true,
  stream: true,
  string_decoder: true,
  sys: true,
  "test/reporters": true,
  test: true,
  timers: true,
  tls: true,
  trace_events: true,
  tty: true,
  url: true,
  "util/types": true,
  util: true,
  v8: true,
  vm: true,
  wasi: true,
  worker_threads: true,
  zlib: true,
});

/** Those that Node has only as `node:<name>`: without it, the name is a package's. */
const PREFIXED: Readonly<Record<string, true>> = record<Record<string, true>>({
  sea: true,
  sqlite: true,
  test: true,
  "test/reporters": true,
});

/** Whether a name without `node:` is no built-in module's. */
export function needsPrefix(name: string): boolean {
  return PREFIXED[name] === true;
}

/** Makes a built-in module that lies in a chunk; undefined when there is none of that name. */
export function makeNodeModule(
  name: string,
  chunks: Chunks,
  require: (name: unknown) => unknown,
  parts: () => object,
): unknown {
  if (!NAMES[name]) return undefined;
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
