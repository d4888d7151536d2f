import ivm from "isolated-vm";
import { HANDLER_SENDING_SCRIPT, MEMORY_MB, TIMEOUT_MS } from "./handler.ts";

/** An isolate with the handler and nothing else, entered on the calling thread. */
export class BareIsolate {
  readonly #isolate: ivm.Isolate;
  readonly #run: ivm.Reference<(number: number, text: string) => void>;

  constructor(send: (number: number, text: string) => void) {
    this.#isolate = new ivm.Isolate({ memoryLimit: MEMORY_MB });
    const context = this.#isolate.createContextSync();
    const script = this.#isolate.compileScriptSync(HANDLER_SENDING_SCRIPT);
    const boot = script.runSync(context, {
      reference: true,
      timeout: TIMEOUT_MS,
    }) as unknown as ivm.Reference<(send: unknown) => unknown>;
    this.#run = boot.applySync(undefined, [new ivm.Callback(send)], {
      result: { reference: true },
      timeout: TIMEOUT_MS,
    }) as unknown as ivm.Reference<(number: number, text: string) => void>;
  }

  /** Runs the handler; it has called `send` when this returns. */
  run(number: number, text: string): void {
    this.#run.applySync(undefined, [number, text], { timeout: TIMEOUT_MS });
  }

  dispose(): void {
    this.#isolate.dispose();
  }
}
