import type { WebInterfaces } from "../../chunks/web.ts";
import type { WebCrypto } from "./crypto.ts";
import type { Chunks } from "./chunks.ts";
import { mapGet, mapSet, objectKeys, record, SafeMap } from "../primordials.ts";

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

/** The web interfaces that lie in chunks of their own, `src/guest/web/<chunk>.ts`. */
const INTERFACES: Readonly<Record<string, string>> = record({
  ReadableStream: "streams",
  ReadableStreamDefaultReader: "streams",
  ReadableStreamBYOBReader: "streams",
  ReadableStreamDefaultController: "streams",
  ReadableByteStreamController: "streams",
  ReadableStreamBYOBRequest: "streams",
  WritableStream: "streams",
  WritableStreamDefaultWriter: "streams",
  WritableStreamDefaultController: "streams",
  TransformStream: "streams",
  TransformStreamDefaultController: "streams",
  ByteLengthQueuingStrategy: "streams",
  CountQueuingStrategy: "streams",
  TextEncoderStream: "text-streams",
  TextDecoderStream: "text-streams",
  CompressionStream: "compression",
  DecompressionStream: "compression",
  Blob: "blob",
  File: "blob",
  Headers: "fetch",
  Request: "fetch",
  Response: "fetch",
  FormData: "fetch",
  URLPattern: "url-pattern",
  performance: "performance",
  Performance: "performance",
  PerformanceEntry: "performance",
  PerformanceMark: "performance",
  PerformanceMeasure: "performance",
  PerformanceObserver: "performance",
  PerformanceObserverEntryList: "performance",
  navigator: "navigator",
  Navigator: "navigator",
  MessageChannel: "messaging",
  MessagePort: "messaging",
});

export function createIntrinsics(parts: () => IntrinsicParts): Intrinsics {
  const made = new SafeMap<string, unknown>();
  const makers = makersOf(parts);

  function makerOf(name: string): (() => unknown) | undefined {
    const chunk = INTERFACES[name];
    if (chunk === undefined) return makers[name];
    return () => (parts().webChunk(chunk) as Readonly<Record<string, unknown>>)[name];
  }

  return {
    get(name) {
      const known = mapGet(made, name);
      if (known !== undefined) return known;
      const value = makerOf(name)?.();
      mapSet(made, name, value);
      return value;
    },
    names: [...objectKeys(makers), ...objectKeys(INTERFACES)],
  };
}

function makersOf(parts: () => IntrinsicParts): Readonly<Record<string, () => unknown>> {
  return record<Record<string, () => unknown>>({
    process: () => parts().process(),
    awslambda: () => parts().chunks.load("streaming").createAwsLambda(),
    crypto: () => parts().crypto().crypto,
    Crypto: () => parts().crypto().Crypto,
    SubtleCrypto: () => parts().crypto().SubtleCrypto(),
    CryptoKey: () => parts().crypto().CryptoKey(),
    Buffer: () => parts().chunks.load("buffer").Buffer,
    TextEncoder: () => parts().chunks.load("encoding").TextEncoder,
    TextDecoder() {
      const { TextDecoder, loadLegacyWith } = parts().chunks.load("encoding");
      loadLegacyWith(() => parts().webChunk("legacy-encodings"));
      return TextDecoder;
    },
    URL: () => parts().url().URL,
    URLSearchParams: () => parts().url().URLSearchParams,
    DOMException: () => parts().chunks.load("web").DOMException,
    Event: () => parts().web().Event,
    EventTarget: () => parts().web().EventTarget,
    CustomEvent: () => parts().web().CustomEvent,
    ErrorEvent: () => parts().web().ErrorEvent,
    MessageEvent: () => parts().web().MessageEvent,
    CloseEvent: () => parts().web().CloseEvent,
    PromiseRejectionEvent: () => parts().web().PromiseRejectionEvent,
    AbortController: () => parts().web().AbortController,
    AbortSignal: () => parts().web().AbortSignal,
  });
}
