/** `node:tty`: nothing is a terminal. */
import { nodeError } from "./shared/errors.ts";
import { lazily } from "./shared/lazy.ts";
import { requireInteger } from "./shared/validate.ts";

declare const require: (name: string) => unknown;

type SocketClass = new (options?: object) => object;

/** Can be extended; made, it fails as Node's does for what is no terminal. */
function terminalClass(name: string): () => unknown {
  return () => {
    const { Socket } = require("node:net") as { readonly Socket: SocketClass };
    const Class = class extends Socket {
      constructor(fd: unknown) {
        requireInteger(fd, "fd", 0, 2_147_483_647);
        super();
        throw Object.assign(
          nodeError(
            Error,
            "ERR_TTY_INIT_FAILED",
            "TTY initialization failed: uv_tty_init returned EINVAL (invalid argument)",
          ),
          { errno: -22, syscall: "uv_tty_init" },
        );
      }

      getColorDepth(): number {
        return 1;
      }

      hasColors(): boolean {
        return false;
      }
    };
    return Object.defineProperty(Class, "name", { value: name });
  };
}

export function create(): object {
  return lazily(
    { isatty: () => false },
    { ReadStream: terminalClass("ReadStream"), WriteStream: terminalClass("WriteStream") },
  );
}
