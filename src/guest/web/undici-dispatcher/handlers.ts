import type { Controller, Handler } from "../fetch/controller.ts";
import { builtin } from "../fetch/ports.ts";

/** Handlers as undici's versions before 7 have them. */
interface OldHandler {
  onConnect?(abort: (reason?: unknown) => void, context: object | null): void;
  onResponseStarted?(): void;
  onHeaders?(status: number, headers: readonly string[], resume: () => void, statusText: string): unknown;
  onData?(chunk: Uint8Array): unknown;
  onComplete?(trailers: readonly string[]): void;
  onError?(error: unknown): void;
  onBodySent?(chunk: Uint8Array): void;
  onRequestSent?(): void;
}

export type AnyHandler = Handler & OldHandler;

interface NodeBuffer {
  readonly Buffer: { from(data: ArrayBufferLike, at: number, length: number): Uint8Array };
}

/** A handler of any version as one of the newer kind, which is given `Buffer`s. */
export function currentHandler(handler: AnyHandler): Handler {
  const { Buffer } = builtin<NodeBuffer>("node:buffer");
  const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array =>
    Buffer.from(buffer, byteOffset, byteLength);
  const shared: Handler = {
    onResponseStarted: () => handler.onResponseStarted?.(),
    onBodySent: (chunk) => handler.onBodySent?.(chunk),
    onRequestSent: () => handler.onRequestSent?.(),
  };
  if (typeof handler.onRequestStart === "function") {
    return {
      ...shared,
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, bufferOf(chunk)),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    };
  }
  const paused = (controller: Controller, answer: unknown): void => {
    if (answer === false) controller.pause();
  };
  return {
    ...shared,
    onRequestStart: (controller) =>
      handler.onConnect?.((reason) => controller.abort(abortError(reason)), null),
    onResponseStart: (controller, status, _headers, statusText) => {
      const resume = (): void => controller.resume();
      paused(controller, handler.onHeaders?.(status, controller.rawHeaders, resume, statusText));
    },
    onResponseData: (controller, chunk) => paused(controller, handler.onData?.(bufferOf(chunk))),
    onResponseEnd: () => handler.onComplete?.([]),
    onResponseError: (_controller, error) => handler.onError?.(error),
  };
}

function abortError(reason: unknown): unknown {
  if (reason !== undefined && reason !== null) return reason;
  return Object.assign(new Error("Request aborted"), { name: "AbortError", code: "UND_ERR_ABORTED" });
}
