import type { WebInterfaces } from "../../chunks/web.ts";
import type { Loader } from "../../chunks/loader.ts";
import { type Calls, createCalls } from "../calls.ts";
import type { HostPort } from "../host.ts";
import { mapGet, mapSet, SafeMap, SafeTypeError } from "../primordials.ts";
import { type Builtins, createBuiltins } from "./builtins.ts";
import { type Chunks, createChunks } from "./chunks.ts";
import type { PlatformCloner } from "./cloners.ts";
import { createClock, type MonotonicClock } from "./clock.ts";
import { createLogger, Level, type Logger } from "./console.ts";
import { createCrypto, type WebCrypto } from "./crypto.ts";
import { withCode } from "./errors.ts";
import { createFrames, type Frames } from "./frames.ts";
import { createIntrinsics, type Intrinsics } from "./intrinsics.ts";
import { createObjectUrls } from "./object-urls.ts";
import { createProcess, type ProcessFacts } from "./process.ts";
import { createTicks, type Ticks } from "./ticks.ts";
import { createTimers, type Timers } from "./timers.ts";
import { createUrlParser } from "./url.ts";

/** What the globals are made of; those that are functions are made when first called. */
export interface Parts {
  readonly host: HostPort;
  readonly calls: Calls;
  readonly chunks: Chunks;
  readonly clock: MonotonicClock;
  readonly frames: Frames;
  readonly logger: Logger;
  readonly ticks: Ticks;
  readonly timers: Timers;
  readonly process: () => object;
  /** The same if it has been made. */
  readonly madeProcess: () => object | undefined;
  readonly url: () => { readonly URL: unknown; readonly URLSearchParams: unknown };
  readonly web: () => WebInterfaces;
  readonly crypto: () => WebCrypto;
  readonly base64: { readonly atob: unknown; readonly btoa: unknown };
  readonly builtins: Builtins;
  /** Takes an error that nobody caught. */
  readonly report: (error: unknown) => void;
  /** What a chunk of `src/guest/web` makes, made once. */
  readonly webChunk: (name: string) => unknown;
  /** What `structuredClone` knows of the runtime's own classes. */
  readonly cloners: PlatformCloner[];
  /** Blobs by the URLs that `URL.createObjectURL` made. */
  readonly objectUrls: Map<string, unknown>;
  /** Objects that `structuredClone` refuses. */
  readonly uncloneable: WeakSet<object>;
  /** Globals as they were made; those of a chunk are made when first asked for. */
  readonly intrinsics: Intrinsics;
  /** What is known of the function once user code runs. */
  readonly facts: ProcessFacts;
  /** Loads the function's files. */
  readonly loader: () => Loader;
}

interface PartsOptions {
  readonly report: (error: unknown) => void;
  readonly onExit: (code: number) => void;
  readonly facts: ProcessFacts;
}

export function createParts(host: HostPort, { report, onExit, facts }: PartsOptions): Parts {
  const frames = createFrames();
  const calls = createCalls(host, frames);
  const chunks = createChunks(host);
  const clock = createClock(host);
  const logger = createLogger(host, chunks);
  const ticks = createTicks(report, frames);
  const warn = (message: string): void => logger.log(Level.Warn, [`(node:1) ${message}`]);
  const timers = createTimers(host, { report, warn, afterCallback: ticks.runTicks, frames });
  const decode = (bytes: Uint8Array): string => new (chunks.load("encoding").TextDecoder)().decode(bytes);
  const rest = once(() => chunks.loadModule("node-process-rest")(builtins.require, parts) as object);
  let made: object | undefined;
  const process = (): object =>
    (made ??= createProcess({ logger, clock, ticks, report, onExit, decode, rest }, facts));
  const madeProcess = (): object | undefined => made;
  const uncloneable = new WeakSet();
  const blobs = new SafeMap<string, unknown>();
  const objectUrls = createObjectUrls(host, blobs, () => webChunk("blob"));
  const url = once(() => chunks.load("url").createUrl(createUrlParser(host), objectUrls, uncloneable));
  const web = once(() =>
    chunks.load("web").createWeb({ report, setTimeout: timers.setTimeout, now: clock.now }),
  );
  const timersPromises = once(() => {
    const { abortError } = chunks.load("web");
    return chunks.load("timers-promises").createTimersPromises({ ...timers, abortError });
  });
  const crypto = once(() => createCrypto(host, chunks, calls));
  const base64 = base64Functions(chunks);
  const all = (): Parts => parts;
  const loader = once(() =>
    chunks.load("loader").createLoader({ ...calls, take: chunks.take, findBuiltin: builtins.find }),
  );
  const builtins = createBuiltins({ chunks, timers, process, url, timersPromises, base64, loader, all });
  const webChunk = createWebChunks(chunks, builtins, all);
  const parts: Parts = {
    host,
    calls,
    chunks,
    clock,
    frames,
    logger,
    ticks,
    timers,
    process,
    madeProcess,
    url,
    web,
    crypto,
    base64,
    builtins,
    report,
    webChunk,
    cloners: [],
    objectUrls: blobs,
    uncloneable,
    intrinsics: createIntrinsics(all),
    facts,
    loader,
  };
  return parts;
}

function createWebChunks(chunks: Chunks, builtins: Builtins, all: () => Parts): Parts["webChunk"] {
  const made = new SafeMap<string, unknown>();
  return (name) => {
    const known = mapGet(made, name);
    if (known !== undefined) return known;
    const exports = chunks.loadModule(`web-${name}`)(builtins.require, all());
    mapSet(made, name, exports);
    return exports;
  };
}

/** Functions of their own, so that asking for their type loads nothing. */
function base64Functions(chunks: Chunks): Parts["base64"] {
  return {
    atob: (...args: unknown[]): unknown => chunks.load("web").atob(required(args, "data")),
    btoa: (...args: unknown[]): unknown => chunks.load("web").btoa(required(args, "data")),
  };
}

/** The first argument, which must be there, if only as `undefined`. */
export function required(args: readonly unknown[], name: string): unknown {
  if (args.length > 0) return args[0];
  throw withCode(new SafeTypeError(`The "${name}" argument must be specified`), "ERR_MISSING_ARGS");
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
