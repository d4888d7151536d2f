/** `node:wasi`. */
import { refusedClass } from "./shared/refuse.ts";

export function create(): object {
  return {
    WASI: refusedClass(
      "wasi",
      "WASI",
      "there is no system interface for WebAssembly; `permissions.wasm` grants plain modules.",
    ),
  };
}
