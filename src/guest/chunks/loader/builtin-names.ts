/** `builtinModules` of Node 24, without those that begin with an underscore. */
const BUILTIN_NAMES: readonly string[] = (
  "assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns " +
  "dns/promises domain events fs fs/promises http http2 https inspector inspector/promises module net os path path/posix " +
  "path/win32 perf_hooks process punycode querystring readline readline/promises repl stream stream/consumers " +
  "stream/promises stream/web string_decoder sys timers timers/promises tls trace_events tty url util util/types v8 vm wasi " +
  "worker_threads zlib"
).split(" ");

const BUILTINS = new Set(BUILTIN_NAMES);

/** Those that there are only with `node:`. */
const PREFIXED = ["node:sea", "node:sqlite", "node:test", "node:test/reporters"];

/** What `node:module` lists. */
export const LISTED_NAMES: readonly string[] = [...BUILTIN_NAMES, ...PREFIXED];

/** What `isBuiltin` of `node:module` says. */
export function isListed(name: string): boolean {
  return PREFIXED.includes(name) || BUILTINS.has(name.replace(/^node:/, ""));
}

/** Whether a name is that of a built-in module of Node's, whether or not the runtime has it. */
export function isBuiltinName(name: string): boolean {
  return name.startsWith("node:") || BUILTINS.has(name);
}
