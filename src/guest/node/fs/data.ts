/** What is written to a file as a whole: any bytes by what they hold, and a signal that stops it. */
import { AbortError, invalidArgType } from "../shared/errors.ts";
import { requireSignal } from "../shared/validate.ts";

type Method = (...args: unknown[]) => unknown;

/** Views are bytes here, whatever numbers they show. */
function bytesOf(data: unknown): unknown {
  if (!ArrayBuffer.isView(data)) return data;
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** `writeFile`, `appendFile` and their kin, whose second argument is data. */
export function takingBytes(method: Method): Method {
  return (target, data, ...rest) => method(target, bytesOf(data), ...rest);
}

function signalOf(options: unknown): { readonly aborted: boolean; readonly reason: unknown } | undefined {
  if (typeof options !== "object" || options === null) return undefined;
  const { signal } = options as { readonly signal?: unknown };
  requireSignal(signal, "options.signal");
  return signal;
}

function abortedBy(options: unknown): Error | undefined {
  const signal = signalOf(options);
  return signal?.aborted ? new AbortError(undefined, { cause: signal.reason }) : undefined;
}

/** With a callback; looked at before and after, since nothing comes between. */
export function stoppable(method: Method, optionsAt: number): Method {
  return (...args) => {
    const callback = args.at(-1);
    const options = args[optionsAt];
    if (typeof callback !== "function" || signalOf(options) === undefined) return method(...args);
    const done = callback as Method;
    const early = abortedBy(options);
    if (early) {
      process.nextTick(done, early);
      return;
    }
    return method(...args.slice(0, -1), (error: unknown, ...results: unknown[]) => {
      const failure = error ?? abortedBy(options);
      if (failure) done(failure);
      else done(error, ...results);
    });
  };
}

/** With a promise. What is read in pieces may be written in pieces. */
export function promised(method: Method, optionsAt: number): Method {
  return async (...args) => {
    const options = args[optionsAt];
    const check = (): void => {
      const error = abortedBy(options);
      if (error) throw error;
    };
    check();
    if (optionsAt === 2) args[1] = bytesOf(await collected(args[1], options, check));
    // What has been asked for by now may be stopped before it is done.
    await new Promise((resolve) => setImmediate(resolve));
    check();
    return await method(...args);
  };
}

async function collected(data: unknown, options: unknown, check: () => void): Promise<unknown> {
  if (typeof data !== "object" || data === null || ArrayBuffer.isView(data)) return data;
  if (!(Symbol.asyncIterator in data) && !(Symbol.iterator in data)) return data;
  const named = typeof options === "string" ? options : (options as { encoding?: string } | null)?.encoding;
  const pieces: Buffer[] = [];
  for await (const piece of data as AsyncIterable<unknown>) {
    check();
    if (typeof piece === "string") pieces.push(Buffer.from(piece, (named ?? "utf8") as BufferEncoding));
    else if (ArrayBuffer.isView(piece)) pieces.push(bytesOf(piece) as Buffer);
    else throw invalidArgType("data", ["string", "Buffer", "TypedArray", "DataView"], piece);
  }
  return Buffer.concat(pieces);
}
