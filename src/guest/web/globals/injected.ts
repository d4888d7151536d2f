/**
 * What the chunks of this folder get for the globals that they use: those of the runtime, made when the chunk is. The
 * bundler puts an import of this file in the place of every use (esbuild's `inject`); what a chunk doesn't use is left out.
 */
import type { Cloning } from "../../runtime/globals/cloners.ts";
import type { Parts } from "../../runtime/globals/parts.ts";

/** The chunk's own argument. */
declare const parts: Parts;

const get = (name: string): unknown => parts.intrinsics.get(name);

export const AbortController: unknown = /* @__PURE__ */ get("AbortController");
export const AbortSignal: unknown = /* @__PURE__ */ get("AbortSignal");
export const Blob: unknown = /* @__PURE__ */ get("Blob");
export const Buffer: unknown = /* @__PURE__ */ get("Buffer");
export const DOMException: unknown = /* @__PURE__ */ get("DOMException");
export const Event: unknown = /* @__PURE__ */ get("Event");
export const EventTarget: unknown = /* @__PURE__ */ get("EventTarget");
export const File: unknown = /* @__PURE__ */ get("File");
export const MessagePort: unknown = /* @__PURE__ */ get("MessagePort");
export const ReadableStream: unknown = /* @__PURE__ */ get("ReadableStream");
export const structuredClone: unknown = (value: unknown): unknown =>
  (parts.webChunk("structured-clone") as Cloning).clone(value, []);
export const TextDecoder: unknown = /* @__PURE__ */ get("TextDecoder");
export const TextEncoder: unknown = /* @__PURE__ */ get("TextEncoder");
export const TransformStream: unknown = /* @__PURE__ */ get("TransformStream");
export const URL: unknown = /* @__PURE__ */ get("URL");
export const URLSearchParams: unknown = /* @__PURE__ */ get("URLSearchParams");

/** undici notes what it has fetched, of which nobody is told. */
export const performance: unknown = /* @__PURE__ */ Object.freeze({
  now: () => parts.clock.now(),
  markResourceTiming: () => undefined,
});
