import { RESPONSE_STREAM } from "../../contract.ts";
import type { Calls } from "../../runtime/calls.ts";
import { Outlet } from "./outlet.ts";

const HIGH_WATER_MARK = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");
const DEFAULT_CONTENT_TYPE = "application/octet-stream";
const DEFAULT_HIGH_WATER_MARK = 65_536;

/** A chunk as the stream hands it on. */
interface Bytes {
  toString(encoding: "latin1"): string;
}

type Callback = (error?: Error | null) => void;

/** The part of `stream.Writable` that this rests on. */
interface Writable {
  write(chunk: unknown, ...rest: unknown[]): boolean;
  end(...args: unknown[]): unknown;
  destroy(error?: Error): unknown;
  on(event: string, listener: (error: Error) => void): unknown;
  readonly writableFinished: boolean;
}

interface WritableOptions {
  readonly highWaterMark: number;
  readonly decodeStrings: true;
  write(chunk: Bytes, encoding: string, callback: Callback): void;
  writev(chunks: readonly { readonly chunk: Bytes }[], callback: Callback): void;
  final(callback: Callback): void;
}

/** What a response is made of. */
export interface ResponseParts {
  readonly calls: Calls;
  /** `node:stream`'s. */
  readonly Writable: new (options: WritableOptions) => Writable;
  readonly handler: object;
  /** The stream has ended, well or not. */
  readonly onClosed: () => void;
  /** The host takes no more; the name of the error is Lambda's error type. */
  readonly onRefused: (error: Error) => void;
}

/** The response of one invocation. */
export interface OpenedResponse {
  /** What the handler is given. */
  readonly stream: object;
  /** Whether all has been written and handed to the host. */
  isFinished(): boolean;
  /** The invocation is over. */
  abandon(): void;
}

/** A response for invocation `number`. Nothing is said to the host before the first byte or the end. */
export function openResponse(parts: ResponseParts, number: number): OpenedResponse {
  const onRefused = (error: Error): void => {
    parts.onRefused(error);
    stream.destroy(error);
  };
  // As in Lambda, whoever has stopped reading stops nothing.
  const onGone = (): void => undefined;
  const { calls } = parts;
  const outlet = new Outlet(
    { calls, operation: RESPONSE_STREAM, number, onRefused, onGone },
    DEFAULT_CONTENT_TYPE,
  );
  const marked = (parts.handler as Record<symbol, unknown>)[HIGH_WATER_MARK];
  const stream = new parts.Writable({
    highWaterMark: typeof marked === "number" && marked >= 0 ? marked : DEFAULT_HIGH_WATER_MARK,
    decodeStrings: true,
    write: (chunk, _encoding, callback) => outlet.send(chunk.toString("latin1"), callback),
    writev: (chunks, callback) =>
      outlet.send(chunks.map(({ chunk }) => chunk.toString("latin1")).join(""), callback),
    final(callback) {
      outlet.finish();
      callback();
    },
  });
  addLambdaMethods(stream, outlet);
  // Without a listener an error would end the environment; the handler's own failure says what went wrong.
  stream.on("error", () => undefined);
  stream.on("close", parts.onClosed);
  return {
    stream,
    isFinished: () => stream.writableFinished,
    abandon() {
      outlet.end();
      if (!stream.writableFinished) stream.destroy();
    },
  };
}

/** `setContentType`, the prelude before the first byte, and `write` of anything that is no bytes as JSON. */
function addLambdaMethods(stream: Writable, outlet: Outlet): void {
  const write = stream.write.bind(stream);
  const end = stream.end.bind(stream);
  const own = stream as Writable & {
    setContentType?: (contentType: unknown) => void;
    _onBeforeFirstWrite?: (write: (chunk: unknown) => boolean) => void;
  };
  let isBegun = false;
  const begin = (): void => {
    if (isBegun) return;
    isBegun = true;
    if (typeof own._onBeforeFirstWrite === "function") own._onBeforeFirstWrite((chunk) => write(chunk));
  };
  own.setContentType = (contentType) => {
    if (isBegun || outlet.isOpen) throw invalidOperation("Cannot set content-type, too late.");
    // A line of its own in what is said to the host.
    outlet.contentType = String(contentType).replace(/[^\x20-\x7e]/g, "");
  };
  own.write = (chunk, ...rest) => {
    begin();
    return write(bytesOf(chunk), ...rest);
  };
  own.end = (...args) => {
    begin();
    const [chunk, ...rest] = args;
    const isChunk = chunk !== undefined && chunk !== null && typeof chunk !== "function";
    return isChunk ? end(bytesOf(chunk), ...rest) : end(...args);
  };
}

function bytesOf(chunk: unknown): unknown {
  return typeof chunk === "string" || ArrayBuffer.isView(chunk) ? chunk : JSON.stringify(chunk);
}

function invalidOperation(message: string): Error {
  const error = new Error(message);
  error.name = "Runtime.InvalidStreamingOperation";
  return error;
}
