import { Buffer } from "node:buffer";
import { invalidArgument, withCode } from "./errors.ts";

export type Done = (error?: Error | null) => void;

/** What was written before there was a socket. */
export interface Piece {
  readonly data: string | Uint8Array;
  readonly encoding: BufferEncoding | null | undefined;
  readonly callback: Done | undefined;
}

/** What is asked of a socket. Adapters' have little more than `write`. */
export interface SocketLike {
  _httpMessage?: unknown;
  readonly writable?: boolean;
  readonly destroyed?: boolean;
  readonly writableLength?: number;
  readonly writableHighWaterMark?: number;
  write(data: string | Uint8Array, encoding?: BufferEncoding | null, callback?: Done): boolean;
  on?(event: string, listener: () => void): unknown;
  removeListener?(event: string, listener: () => void): unknown;
  cork?(): void;
  uncork?(): void;
  destroy?(error?: Error): void;
  setTimeout?(timeoutMs: number): void;
}

/** An outgoing message, as what writes its body sees it. */
export interface Outgoing {
  readonly destroyed: boolean;
  readonly chunkedEncoding: boolean;
  readonly writableLength: number;
  readonly socket: SocketLike | null;
  readonly outputData: Piece[];
  outputSize: number;
  finished: boolean;
  readonly _header: string | null;
  _headerSent: boolean;
  readonly _hasBody: boolean;
  _contentLength: number | null;
  readonly _trailer: string;
  readonly _errored: Error | null;
  _implicitHeader(): void;
  _send(data: string | Uint8Array, encoding?: BufferEncoding | null, callback?: Done): boolean;
  _writeRaw(data: string | Uint8Array, encoding?: BufferEncoding | null, callback?: Done): boolean;
  _flushOutput(socket: SocketLike): boolean;
  _finish(): void;
  emit(event: string, ...args: unknown[]): boolean;
  once(event: string, listener: () => void): unknown;
}

/** Bytes that may wait for a socket before a writer is told to wait. */
export const HIGH_WATER_MARK = 65_536;

export function write(
  message: Outgoing,
  chunk: unknown,
  encoding: BufferEncoding | null | undefined,
  callback: Done | undefined,
  isLast: boolean,
): boolean {
  const size = sizeOf(chunk, encoding);
  const data = chunk as string | Uint8Array;
  const refused = refusal(message);
  if (refused) {
    process.nextTick(() => {
      callback?.(refused);
      if (!message.destroyed) message.emit("error", refused);
    });
    return false;
  }
  if (!message._header) {
    if (isLast) message._contentLength = size;
    message._implicitHeader();
  }
  if (!message._hasBody) {
    if (callback) process.nextTick(callback);
    return true;
  }
  if (!message.chunkedEncoding || size === 0) return message._send(data, encoding, callback);
  message._send(`${size.toString(16)}\r\n`, "latin1");
  message._send(data, encoding);
  return message._send("\r\n", "latin1", callback);
}

function refusal(message: Outgoing): Error | undefined {
  if (message.finished) return withCode("ERR_STREAM_WRITE_AFTER_END", new Error("write after end"));
  if (!message.destroyed) return undefined;
  return withCode("ERR_STREAM_DESTROYED", new Error("Cannot call write after a stream was destroyed"));
}

function sizeOf(chunk: unknown, encoding: BufferEncoding | null | undefined): number {
  if (chunk === null) {
    throw withCode("ERR_STREAM_NULL_VALUES", new TypeError("May not write null values to stream"));
  }
  if (typeof chunk === "string") return Buffer.byteLength(chunk, encoding ?? "utf8");
  if (chunk instanceof Uint8Array) return chunk.byteLength;
  throw invalidArgument("chunk", "of type string or an instance of Buffer or Uint8Array", chunk);
}

export function end(
  message: Outgoing,
  chunk: unknown,
  encoding: BufferEncoding | null | undefined,
  callback: Done | undefined,
): void {
  if (message.finished) {
    if (callback) process.nextTick(callback, afterEnd(message, chunk));
    return;
  }
  if (chunk !== undefined && chunk !== null) write(message, chunk, encoding, undefined, true);
  else if (!message._header) {
    message._contentLength = 0;
    message._implicitHeader();
  }
  if (callback) message.once("finish", callback);
  const finish = (): void => {
    if (!message._errored) message.emit("finish");
  };
  if (message._hasBody && message.chunkedEncoding)
    message._send(`0\r\n${message._trailer}\r\n`, "latin1", finish);
  else if (!message._headerSent || message.writableLength > 0 || chunk) message._send("", "latin1", finish);
  else process.nextTick(finish);
  message.finished = true;
  const { socket } = message;
  if (message.outputData.length === 0 && socket?._httpMessage === message) message._finish();
}

function afterEnd(message: Outgoing, chunk: unknown): Error | null {
  if (chunk) return withCode("ERR_STREAM_WRITE_AFTER_END", new Error("write after end"));
  if (message.writableLength > 0) return null;
  return withCode("ERR_STREAM_ALREADY_FINISHED", new Error("Cannot call end after a stream was finished"));
}

/** Sends `data`, behind the head if that has not been sent. */
export function send(
  message: Outgoing,
  data: string | Uint8Array,
  encoding: BufferEncoding | null | undefined,
  callback: Done | undefined,
): boolean {
  if (message._headerSent) return message._writeRaw(data, encoding, callback);
  const head = message._header ?? "";
  message._headerSent = true;
  const joins = typeof data === "string" && (!encoding || encoding === "utf8" || encoding === "latin1");
  if (joins) return message._writeRaw(head + data, encoding, callback);
  message._writeRaw(head, "latin1");
  return message._writeRaw(data, encoding, callback);
}

export function writeRaw(
  message: Outgoing,
  data: string | Uint8Array,
  encoding: BufferEncoding | null | undefined,
  callback: Done | undefined,
): boolean {
  const { socket } = message;
  // It may be that nobody will ever hear of it, as in Node.
  if (socket?.destroyed) return false;
  if (socket?._httpMessage === message && socket.writable) {
    if (message.outputData.length > 0) message._flushOutput(socket);
    return socket.write(data, encoding, callback);
  }
  message.outputData.push({ data, encoding, callback });
  message.outputSize += data.length;
  return message.outputSize < HIGH_WATER_MARK;
}

/** There is a socket now. */
export function flush(message: Outgoing): void {
  const { socket } = message;
  if (!socket?.writable) return;
  const waited = message.outputSize >= HIGH_WATER_MARK;
  const hasRoom = message._flushOutput(socket);
  if (message.finished) message._finish();
  else if (hasRoom && waited) message.emit("drain");
}

export function flushOutput(message: Outgoing, socket: SocketLike): boolean {
  const pieces = message.outputData.splice(0);
  message.outputSize = 0;
  let hasRoom = true;
  socket.cork?.();
  for (const { data, encoding, callback } of pieces) hasRoom = socket.write(data, encoding, callback);
  socket.uncork?.();
  return hasRoom;
}
