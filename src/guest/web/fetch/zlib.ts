/** `node:zlib`, as far as undici's fetch uses it: loaded when an answer is compressed. */
import type * as NodeZlib from "node:zlib";
import { builtin } from "./ports.ts";

type Zlib = typeof NodeZlib;
type Make<Options> = (options?: Options) => unknown;
type Options = NodeZlib.ZlibOptions;

const zlib = (): Zlib => builtin<Zlib>("node:zlib");

export const createGunzip: Make<Options> = (options) => zlib().createGunzip(options);
export const createInflate: Make<Options> = (options) => zlib().createInflate(options);
export const createInflateRaw: Make<Options> = (options) => zlib().createInflateRaw(options);
export const createBrotliDecompress: Make<object> = (options) => zlib().createBrotliDecompress(options);
export const createZstdDecompress: Make<object> = (options) => zlib().createZstdDecompress(options);

/** Read when one of the above is made. */
export const constants: object = new Proxy(Object.create(null) as object, {
  get: (_target, name): unknown => Reflect.get(zlib().constants, name),
});
