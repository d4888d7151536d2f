/** The modules whose tests are run: the beginnings of the names of Node's files, and the least share that must pass. */
interface TestedModule {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** Of what plain Node passes and the rules let through. */
  readonly floor: number;
}

function tested(name: string, floor: number, prefixes: readonly string[] = [name]): TestedModule {
  return { name, floor, prefixes };
}

export const MODULES: readonly TestedModule[] = [
  tested("assert", 0),
  tested("async", 0, ["async-hooks", "async-local-storage", "als", "asyncresource", "async-wrap"]),
  tested("buffer", 0, ["buffer", "blob", "file", "btoa-atob"]),
  tested("console", 0),
  tested("crypto", 0),
  tested("diagnostics", 0, ["diagnostics-channel"]),
  tested("events", 0, ["event-emitter", "events", "event-capture-rejections"]),
  tested("eventtarget", 0, ["eventtarget", "event-target", "abortcontroller", "abortsignal", "aborted"]),
  tested("fs", 0, ["fs"]),
  tested("http", 0, ["http"]),
  tested("module", 0, ["module", "require", "compile"]),
  tested("os", 0),
  tested("path", 0),
  tested("perf", 0, ["perf", "performance", "performanceobserver"]),
  tested("process", 0, ["process", "next-tick", "microtask", "promise", "promises", "queue-microtask"]),
  tested("querystring", 0, ["querystring", "punycode"]),
  tested("readline", 0),
  tested("stream", 0, [
    "stream",
    "stream2",
    "stream3",
    "streams",
    "readable",
    "webstream",
    "webstreams",
    "whatwg-readablebytestream",
    "whatwg-readablestream",
    "whatwg-webstreams",
  ]),
  tested("string-decoder", 0, ["string-decoder"]),
  tested("timers", 0),
  tested("url", 0, ["url", "urlpattern", "whatwg-url"]),
  tested("util", 0, ["util", "util-types", "parse", "mime", "icu"]),
  tested("web", 0, [
    "whatwg-encoding",
    "whatwg-events",
    "structuredClone",
    "structuredclone",
    "domexception",
    "messageport",
    "messagechannel",
    "global",
    "globals",
  ]),
  tested("webcrypto", 0, ["webcrypto"]),
  tested("zlib", 0),
];
