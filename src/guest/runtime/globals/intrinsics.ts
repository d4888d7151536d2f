import type { WebInterfaces } from "../../chunks/web.ts";
import type { WebCrypto } from "./crypto.ts";
import type { Chunks } from "./chunks.ts";
import { arrayIncludes, mapGet, mapSet, SafeMap } from "../primordials.ts";

/** The globals that are made when they are first wanted, as they were before user code could replace them. */
export interface Intrinsics {
  /** Undefined when there is none of that name. */
  get(name: string): unknown;
  readonly names: readonly string[];
}

/** What the globals are made from. */
interface IntrinsicParts {
  readonly chunks: Chunks;
  process(): unknown;
  crypto(): WebCrypto;
  url(): { readonly URL: unknown; readonly URLSearchParams: unknown };
  web(): WebInterfaces;
  webChunk(name: string): unknown;
}

/** A list and two functions, and no table of functions: every environment would make it, and most use few of these. */
const NAMES: readonly string[] = [
  "process",
  "awslambda",
  "crypto",
  "Crypto",
  "SubtleCrypto",
  "CryptoKey",
  "Buffer",
  "TextEncoder",
  "TextDecoder",
  "URL",
  "URLSearchParams",
  "DOMException",
  "Event",
  "EventTarget",
  "CustomEvent",
  "ErrorEvent",
  "MessageEvent",
  "CloseEvent",
  "PromiseRejectionEvent",
  "AbortController",
  "AbortSignal",
  "ReadableStream",
  "ReadableStreamDefaultReader",
  "ReadableStreamBYOBReader",
  "ReadableStreamDefaultController",
  "ReadableByteStreamController",
  "ReadableStreamBYOBRequest",
  "WritableStream",
  "WritableStreamDefaultWriter",
  "WritableStreamDefaultController",
  "TransformStream",
  "TransformStreamDefaultController",
  "ByteLengthQueuingStrategy",
  "CountQueuingStrategy",
  "TextEncoderStream",
  "TextDecoderStream",
  "CompressionStream",
  "DecompressionStream",
  "Blob",
  "File",
  "Headers",
  "Request",
  "Response",
  "FormData",
  "URLPattern",
  "performance",
  "Performance",
  "PerformanceEntry",
  "PerformanceMark",
  "PerformanceMeasure",
  "PerformanceObserver",
  "PerformanceObserverEntryList",
  "navigator",
  "Navigator",
  "MessageChannel",
  "MessagePort",
];

export function createIntrinsics(parts: () => IntrinsicParts): Intrinsics {
  const made = new SafeMap<string, unknown>();
  return {
    get(name) {
      const known = mapGet(made, name);
      if (known !== undefined || !arrayIncludes(NAMES, name)) return known;
      const chunk = chunkOf(name);
      const value =
        chunk === undefined
          ? make(name, parts())
          : (parts().webChunk(chunk) as Readonly<Record<string, unknown>>)[name];
      mapSet(made, name, value);
      return value;
    },
    names: NAMES,
  };
}

/** The web interfaces that lie in chunks of their own, `src/guest/web/<chunk>.ts`. */
function chunkOf(name: string): string | undefined {
  switch (name) {
    case "ReadableStream":
    case "ReadableStreamDefaultReader":
    case "ReadableStreamBYOBReader":
    case "ReadableStreamDefaultController":
    case "ReadableByteStreamController":
    case "ReadableStreamBYOBRequest":
    case "WritableStream":
    case "WritableStreamDefaultWriter":
    case "WritableStreamDefaultController":
    case "TransformStream":
    case "TransformStreamDefaultController":
    case "ByteLengthQueuingStrategy":
    case "CountQueuingStrategy":
      return "streams";
    case "TextEncoderStream":
    case "TextDecoderStream":
      return "text-streams";
    case "CompressionStream":
    case "DecompressionStream":
      return "compression";
    case "Blob":
    case "File":
      return "blob";
    case "Headers":
    case "Request":
    case "Response":
    case "FormData":
      return "fetch";
    case "URLPattern":
      return "url-pattern";
    case "performance":
    case "Performance":
    case "PerformanceEntry":
    case "PerformanceMark":
    case "PerformanceMeasure":
    case "PerformanceObserver":
    case "PerformanceObserverEntryList":
      return "performance";
    case "navigator":
    case "Navigator":
      return "navigator";
    case "MessageChannel":
    case "MessagePort":
      return "messaging";
    default:
      return undefined;
  }
}

function make(name: string, parts: IntrinsicParts): unknown {
  const { chunks } = parts;
  switch (name) {
    case "process":
      return parts.process();
    case "awslambda":
      return chunks.load("streaming").createAwsLambda();
    case "crypto":
    case "Crypto":
      return parts.crypto()[name];
    case "SubtleCrypto":
    case "CryptoKey":
      return parts.crypto()[name]();
    case "Buffer":
      return chunks.load("buffer").Buffer;
    case "TextEncoder":
      return chunks.load("encoding").TextEncoder;
    case "TextDecoder":
      return makeTextDecoder(parts);
    case "URL":
    case "URLSearchParams":
      return parts.url()[name];
    case "DOMException":
      return chunks.load("web").DOMException;
    default:
      return (parts.web() as unknown as Readonly<Record<string, unknown>>)[name];
  }
}

function makeTextDecoder({ chunks, webChunk }: IntrinsicParts): unknown {
  const { TextDecoder, loadLegacyWith } = chunks.load("encoding");
  loadLegacyWith(() => webChunk("legacy-encodings"));
  return TextDecoder;
}
