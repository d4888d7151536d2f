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
  tested("assert", 0.36),
  tested("async", 0.64, ["async-hooks", "async-local-storage", "als", "asyncresource", "async-wrap"]),
  tested("buffer", 0.69, ["buffer", "blob", "file", "btoa-atob"]),
  tested("console", 0.19),
  tested("crypto", 0.55),
  tested("diagnostics", 0.66, ["diagnostics-channel"]),
  tested("events", 0.88, ["event-emitter", "events", "event-capture-rejections"]),
  tested("eventtarget", 0.92, ["eventtarget", "event-target", "abortcontroller", "abortsignal", "aborted"]),
  tested("fs", 0.71, ["fs"]),
  tested("http", 0.36, ["http"]),
  tested("module", 0.28, ["module", "require", "compile"]),
  tested("os", 0.17),
  tested("path", 0.65),
  tested("perf", 0.32, ["perf", "performance", "performanceobserver"]),
  tested("process", 0.52, ["process", "next-tick", "microtask", "promise", "promises", "queue-microtask"]),
  tested("querystring", 0.92, ["querystring", "punycode"]),
  tested("readline", 0.18),
  tested("stream", 0.79, [
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
  tested("string-decoder", 0.58, ["string-decoder"]),
  tested("timers", 0.63),
  tested("url", 0.37, ["url", "urlpattern", "whatwg-url"]),
  tested("util", 0.38, ["util", "util-types", "parse", "mime", "icu"]),
  tested("web", 0.75, [
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
  tested("webcrypto", 0.42, ["webcrypto"]),
  tested("zlib", 0.66),
];
