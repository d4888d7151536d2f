/** What readable-stream asks of `buffer`, without loading what it only compares with. */
import { Buffer } from "node:buffer";

const BlobOfRuntime: { [Symbol.hasInstance](value: unknown): boolean } = {
  [Symbol.hasInstance]: (value) => {
    const Blob: unknown = Reflect.get(globalThis, "Blob");
    return typeof Blob === "function" && value instanceof Blob;
  },
};

export { BlobOfRuntime as Blob, Buffer };
