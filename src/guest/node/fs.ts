/** `node:fs`, by memfs: a `/tmp` in memory, and the function's own files, which can be read only. */
import { FileHandle, fsCallbackApiList, fsSynchronousApiList, type Volume } from "@jsonjoy.com/fs-node";
import { promisify } from "node:util";
import { BARE, calledBack } from "./fs/callbacks.ts";
import { fsConstants } from "./fs/constants.ts";
import { promised, stoppable, takingBytes } from "./fs/data.ts";
import { pathOf } from "./fs/paths.ts";
import { streamClasses } from "./fs/streams.ts";
import type { StreamFs } from "./fs/stream-files.ts";
import type { Asker } from "./fs/task-files.ts";
import { makeVolume } from "./fs/volume.ts";

type Method = (...args: unknown[]) => unknown;

/** Whatever changes files here runs here: there is nothing to be told of. */
const REFUSED = ["watch", "watchFile", "unwatchFile"] as const;

interface Parts {
  readonly calls: Asker;
  readonly facts: { readonly permissions: { readonly fs?: boolean } };
}

export function create({ calls, facts }: Parts): object {
  const volume = makeVolume(calls, facts.permissions.fs === true);
  const fs: Record<string, unknown> = {};
  for (const name of fsSynchronousApiList) fs[name] = methodOf(volume, name);
  for (const name of fsCallbackApiList) fs[name] = callbackMethod(volume, name);
  const { Stats, StatFs, Dirent, Dir } = volume as unknown as Record<string, unknown>;
  const { ReadStream, WriteStream } = streamClasses(fs as unknown as StreamFs, pathOf);
  Object.assign(fs, {
    ...Object.fromEntries(REFUSED.map((name) => [name, refused(`fs.${name}`)])),
    ...{ Stats, StatFs, Dirent, Dir, ReadStream, WriteStream },
    FileReadStream: ReadStream,
    FileWriteStream: WriteStream,
    constants: fsConstants,
    ...{ F_OK: fsConstants.F_OK, R_OK: fsConstants.R_OK, W_OK: fsConstants.W_OK, X_OK: fsConstants.X_OK },
    createReadStream: (path: unknown, options?: unknown) => ReadStream(path, options),
    createWriteStream: (path: unknown, options?: unknown) => WriteStream(path, options),
    promises: promisesOf(volume),
  });
  // Where handles of files look for them.
  Object.assign(volume, {
    createReadStream: fs["createReadStream"],
    createWriteStream: fs["createWriteStream"],
  });
  completeHandles();
  for (const name of WRITERS)
    for (const one of [name, `${name}Sync`]) fs[one] = takingBytes(fs[one] as Method);
  for (const name of WRITERS) fs[name] = stoppable(fs[name] as Method, 2);
  fs["readFile"] = stoppable(fs["readFile"] as Method, 1);
  defaultFlags(fs);
  nameResults(fs);
  return fs;
}

/** Methods that write a whole. */
const WRITERS = ["writeFile", "appendFile"] as const;

/** Node's handles read lines, and stop when they are told to. */
function completeHandles(): void {
  const prototype = FileHandle.prototype as unknown as Record<string, Method>;
  if (prototype["readLines"]) return;
  prototype["readLines"] = function (this: FileHandle, options?: unknown): unknown {
    const { createInterface } = process.getBuiltinModule("node:readline");
    const input = this.createReadStream(options as never) as unknown as NodeJS.ReadableStream;
    return createInterface({ input, crlfDelay: Infinity });
  };
  for (const name of [...WRITERS, "readFile"]) {
    const method = prototype[name] as Method;
    prototype[name] = function (this: FileHandle, ...args: unknown[]) {
      const whole: Method = (_self, ...rest) => Reflect.apply(method, this, rest);
      return promised(whole, name === "readFile" ? 1 : 2)(this, ...args);
    };
  }
}

function callbackMethod(volume: Volume, name: string): Method {
  const method = calledBack(methodOf(volume, name), BARE.has(name));
  return Object.defineProperty(method, "name", { value: name, configurable: true });
}

function methodOf(volume: Volume, name: string): Method {
  const method = Reflect.get(volume, name) as Method;
  const bound = method.bind(volume);
  return Object.defineProperty(bound, "name", { value: name, configurable: true });
}

function promisesOf(volume: Volume): object {
  const source = volume.promises as unknown as Record<string, unknown>;
  const promises: Record<string, unknown> = {};
  for (const name of namesOf(source)) {
    const value = source[name];
    promises[name] = typeof value === "function" ? (value as Method).bind(source) : value;
  }
  for (const name of WRITERS) promises[name] = promised(promises[name] as Method, 2);
  promises["readFile"] = promised(promises["readFile"] as Method, 1);
  return Object.assign(promises, { watch: refused("fs.promises.watch"), constants: fsConstants });
}

function namesOf(value: object): string[] {
  const own = Object.getOwnPropertyNames(value);
  const inherited = Object.getOwnPropertyNames(Object.getPrototypeOf(value) as object);
  return [...new Set([...own, ...inherited])].filter(
    (name) => name !== "constructor" && !name.startsWith("_"),
  );
}

function refused(name: string): Method {
  return () => {
    const message = `${name} is not available in a function: nothing but the function itself changes its files.`;
    throw Object.assign(new Error(message), { code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" });
  };
}

/** Node opens to read unless it is told otherwise; memfs has no such default. */
function defaultFlags(fs: Record<string, unknown>): void {
  const { open, openSync } = fs as Record<string, Method>;
  fs["openSync"] = (path: unknown, flags: unknown = "r", mode?: unknown) =>
    openSync?.(path, flags ?? "r", mode);
  fs["open"] = (path: unknown, ...rest: unknown[]) =>
    typeof rest[0] === "function" ? open?.(path, "r", rest[0]) : open?.(path, ...rest);
}

/** What `util.promisify` makes of methods that call back with more than one value. */
function nameResults(fs: Record<string, unknown>): void {
  const names = { read: "bytesRead", write: "bytesWritten", readv: "bytesRead", writev: "bytesWritten" };
  for (const [name, count] of Object.entries(names)) {
    const rest = name.endsWith("v") ? "buffers" : "buffer";
    const method = fs[name] as Method;
    const promised = (...args: unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        method(...args, (error: Error | null, size: unknown, data: unknown) => {
          if (error) reject(error);
          else resolve({ [count]: size, [rest]: data });
        });
      });
    Object.defineProperty(method, promisify.custom, { value: promised });
  }
  const exists = (path: unknown): Promise<unknown> => Promise.resolve((fs["existsSync"] as Method)(path));
  Object.defineProperty(fs["exists"], promisify.custom, { value: exists });
  for (const name of ["realpath", "realpathSync"]) Object.assign(fs[name] as Method, { native: fs[name] });
}
