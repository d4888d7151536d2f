import { record, SafeError, stringSplit, arrayJoin } from "../primordials.ts";
import type { Chunks } from "./chunks.ts";

/**
 * The built-in modules that lie in chunks of their own, `src/guest/node/<name>.ts`, where a slash or an underscore of the
 * name is a hyphen.
 */
const NAMES: Readonly<Record<string, true>> = record<Record<string, true>>({
  async_hooks: true,
  "assert/strict": true,
  assert: true,
  buffer: true,
  child_process: true,
  cluster: true,
  constants: true,
  dgram: true,
  events: true,
  fs: true,
  "fs/promises": true,
  http: true,
  https: true,
  net: true,
  os: true,
  crypto: true,
  path: true,
  "path/posix": true,
  "path/win32": true,
  punycode: true,
  querystring: true,
  stream: true,
  "stream/consumers": true,
  "stream/promises": true,
  "stream/web": true,
  string_decoder: true,
  sys: true,
  timers: true,
  url: true,
  util: true,
  "util/types": true,
});

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
