/** What streams of files read and write by: `fs` itself, what stands in for it, or a FileHandle. */
import type { FileHandle } from "@jsonjoy.com/fs-node";
import { invalidArgType, nodeError } from "../shared/errors.ts";
import { requireFunction, requireInteger, requireSignal } from "../shared/validate.ts";

type Done = (error?: Error | null, count?: number, data?: unknown) => void;
type Method = (...args: unknown[]) => void;

/** The methods of `fs` that streams call. */
export interface StreamFs {
  readonly open: Method;
  readonly close: Method;
  readonly read?: Method;
  readonly write?: Method | null;
  readonly writev?: Method | null;
  readonly fsync?: Method;
}

export interface FileStreamOptions {
  readonly fd?: unknown;
  readonly fs?: StreamFs | null;
  readonly flags?: unknown;
  readonly mode?: unknown;
  readonly autoClose?: boolean;
  readonly start?: unknown;
  readonly end?: unknown;
  readonly flush?: unknown;
  readonly encoding?: string | null;
  readonly highWaterMark?: number;
}

export function optionsOf(options: unknown): FileStreamOptions {
  if (options === undefined || options === null) return {};
  if (typeof options === "string") {
    if (Buffer.isEncoding(options)) return { encoding: options };
    const message = `The argument 'encoding' is invalid encoding. Received '${options}'`;
    throw nodeError(TypeError, "ERR_INVALID_ARG_VALUE", message);
  }
  if (typeof options !== "object") throw invalidArgType("options", ["string", "Object"], options);
  const own: Record<string, unknown> = {};
  // What they inherit counts.
  for (const name in options) own[name] = Reflect.get(options, name);
  if ("signal" in own) requireSignal(own["signal"], "options.signal");
  return own;
}

/** Where a stream's file is: opened by path, or given. */
export function filesOf(
  fs: StreamFs,
  options: FileStreamOptions,
  close: () => void,
): readonly [fs: StreamFs, fd: number | null] {
  const { fd } = options;
  if (fd === undefined || fd === null) {
    const own = options.fs ?? fs;
    requireFunction(own.open, "options.fs.open");
    return [own, null];
  }
  if (typeof fd === "number") {
    requireInteger(fd, "fd", 0, 0x7fff_ffff);
    return [options.fs ?? fs, fd];
  }
  if (!isHandle(fd)) throw invalidArgType("options.fd", ["number", "FileHandle"], fd);
  if (options.fs) {
    throw nodeError(Error, "ERR_METHOD_NOT_IMPLEMENTED", "The FileHandle with fs method is not implemented");
  }
  fd.ref();
  fd.on("close", close);
  return [handleFiles(fd), fd.fd];
}

type Handle = Pick<FileHandle, "fd" | "read" | "readv" | "write" | "writev" | "sync" | "close"> & {
  on(event: "close", listener: () => void): void;
  ref(): void;
  unref(): void;
};

function isHandle(value: unknown): value is Handle {
  const { fd, readv } = (value ?? {}) as Partial<FileHandle>;
  return typeof fd === "number" && typeof readv === "function";
}

function handleFiles(handle: Handle): StreamFs {
  const settle = (promise: Promise<unknown>, done: Done, pick: (result: never) => unknown[]): void =>
    void promise.then(
      (result) => process.nextTick(done as Method, null, ...pick(result as never)),
      (error: unknown) => process.nextTick(done as Method, error),
    );
  const none = (): unknown[] => [];
  const read = (result: { bytesRead: number; buffer: unknown }): unknown[] => [
    result.bytesRead,
    result.buffer,
  ];
  const written = (result: { bytesWritten: number }): unknown[] => [result.bytesWritten];
  return {
    open: () => undefined,
    close: (_fd, done) => {
      handle.unref();
      settle(handle.close(), done as Done, none);
    },
    fsync: (_fd, done) => settle(handle.sync(), done as Done, none),
    read: (_fd, buffer, offset, length, position, done) =>
      settle(
        handle.read(buffer as Buffer, offset as number, length as number, (position ?? null) as number),
        done as Done,
        read,
      ),
    write: (_fd, data, offset, length, position, done) =>
      settle(
        handle.write(data as Buffer, offset as number, length as number, (position ?? null) as number),
        done as Done,
        written,
      ),
    writev: (_fd, buffers, position, done) =>
      settle(handle.writev(buffers as Buffer[], (position ?? null) as number), done as Done, written),
  };
}
