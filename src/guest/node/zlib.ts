/**
 * `node:zlib`, by the cell's own: src/cell/services/zlib.ts. The functions work without streams, whose module is loaded
 * when a stream is first made.
 */
import type { Buffer as NodeBuffer } from "node:buffer";
import type { Transform as NodeTransform } from "node:stream";
import { askZlib } from "../chunks/zlib/handle.ts";
import type { ZlibCalls } from "../chunks/zlib/handle.ts";
import { textOfBytes, viewOf } from "../chunks/crypto/bytes.ts";
import type { Parts } from "../runtime/globals/parts.ts";
import { checkFunction, invalidType } from "./crypto/checks.ts";
import { kindsOf } from "./zlib/kinds.ts";
import type { Constants, Kind } from "./zlib/kinds.ts";
import { prepare } from "./zlib/one-shot.ts";
import { begin, methods } from "./zlib/streams.ts";
import type { StreamParts, ZlibStream } from "./zlib/streams.ts";

type Require = (name: string) => unknown;

type Callback = (error: unknown, result?: unknown) => void;

export function create(parts: Parts): object {
  const require: Require = (name) => parts.builtins.require(name);
  const calls: ZlibCalls = { calls: parts.calls, DOMException: parts.chunks.load("web").DOMException };
  const facts = JSON.parse(askZlib(calls, "constants", "")) as {
    readonly constants: Constants;
    readonly codes: object;
  };
  const { Buffer } = require("buffer") as { readonly Buffer: typeof NodeBuffer };
  const later = parts.timers.setImmediate as (act: () => void) => void;
  const exports: Record<string, unknown> = {
    crc32: crc32(calls),
    constants: Object.defineProperties(facts.constants, fixed(facts.constants)),
    codes: Object.freeze(facts.codes),
  };
  const kinds = kindsOf(facts.constants);
  const streamClass = streamClasses(require, calls, Buffer);
  for (const kind of kinds) {
    const Stream = streamClass(kind);
    exports[kind.name] = Stream;
    exports[`create${kind.name}`] = (options?: unknown) => Reflect.construct(Stream, [options]) as unknown;
    const act = (input: unknown, options: unknown): (() => unknown) => {
      const run = prepare(calls, Buffer, kind, input, options);
      if (!(options as { readonly info?: unknown } | null | undefined)?.info) return run;
      return () => ({ buffer: run(), engine: Reflect.construct(Stream, [options]) as unknown });
    };
    exports[`${kind.verb}Sync`] = (input: unknown, options?: unknown) => act(input, options)();
    exports[kind.verb] = (input: unknown, options: unknown, callback?: unknown) => {
      const [given, done] = typeof options === "function" ? [undefined, options] : [options, callback];
      checkFunction(done);
      const run = act(input, given);
      later(() => finish(run, done));
    };
  }
  return Object.defineProperties(exports, zlibConstants(facts.constants));
}

function finish(act: () => unknown, done: Callback): void {
  let result: unknown;
  try {
    result = act();
  } catch (error) {
    done(error);
    return;
  }
  done(null, result);
}

/** Those of zlib itself are the module's own, too. */
function zlibConstants(constants: Constants): PropertyDescriptorMap {
  const own = Object.entries(constants).filter(([name]) => name.startsWith("Z_"));
  return Object.fromEntries(own.map(([name, value]) => [name, { value }]));
}

/** Each is fixed, as in Node; others may be added. */
function fixed(constants: Constants): PropertyDescriptorMap {
  const one = { writable: false, configurable: false };
  return Object.fromEntries(Object.keys(constants).map((name) => [name, one]));
}

function crc32(calls: ZlibCalls): (data: unknown, value?: unknown) => number {
  return (data, value = 0) => {
    if (typeof value !== "number") throw invalidType("value", "of type number", value);
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : viewOf(data);
    if (!bytes)
      throw invalidType("data", "of type string or an instance of Buffer, TypedArray, or DataView", data);
    let sum = value >>> 0;
    for (let at = 0; at < bytes.length || at === 0; at += CRC_BYTES) {
      sum = Number(askZlib(calls, "crc32", `${sum}\n${textOfBytes(bytes.subarray(at, at + CRC_BYTES))}`));
    }
    return sum;
  };
}

const CRC_BYTES = 4_194_304;

type StreamClass = ((this: unknown, options?: unknown) => unknown) & { prototype: object };

/** Makes the streams' constructors, which become streams when one is first made, or inherited from. */
function streamClasses(
  require: Require,
  calls: ZlibCalls,
  Buffer: typeof NodeBuffer,
): (kind: Kind) => StreamClass {
  let parts: StreamParts | undefined;
  let base: object | undefined;
  const load = (): StreamParts => {
    if (parts) return parts;
    const { Transform } = require("stream") as { readonly Transform: typeof NodeTransform };
    const { nextTick } = require("process") as Pick<StreamParts, "nextTick">;
    parts = { calls, Buffer, Transform, nextTick };
    base = Object.create(Transform.prototype) as object;
    for (const [name, value] of Object.entries(methods(parts))) {
      Object.defineProperty(base, name, { value, writable: true, configurable: true });
    }
    Object.defineProperty(base, "_closed", {
      get(this: ZlibStream) {
        return !this._handle;
      },
      configurable: true,
    });
    return parts;
  };
  return (kind) => {
    function Stream(this: object, options?: unknown): unknown {
      if (!(this instanceof Stream)) return Reflect.construct(Stream, [options]);
      start(this, options);
      return undefined;
    }
    let plain: object | undefined = Stream.prototype as object;
    const prototyped = (): StreamParts => {
      const loaded = load();
      if (plain) Object.setPrototypeOf(plain, base as object);
      plain = undefined;
      return loaded;
    };
    const start = (stream: object, options: unknown): void =>
      begin(stream as ZlibStream, prototyped(), kind, options);
    Object.defineProperty(Stream, "name", { value: kind.name });
    return Stream as StreamClass;
  };
}
