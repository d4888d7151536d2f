/** `node:timers/promises`. */
import type { Timers } from "../runtime/globals/timers.ts";

interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void, options?: { readonly once: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

interface Options {
  readonly signal?: Signal;
  readonly ref?: boolean;
}

interface Handle {
  unref(): unknown;
}

interface Ports extends Pick<Timers, "setTimeout" | "setInterval" | "setImmediate" | "clearTimeout"> {
  readonly abortError: (signal: { readonly reason: unknown }) => Error;
}

export function createTimersPromises(ports: Ports): object {
  const after = <T>(start: (fire: () => void) => object, value: T, options: Options = {}): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const { signal } = options;
      const abort = (): void => {
        ports.clearTimeout(handle);
        reject(ports.abortError(signal as Signal));
      };
      if (signal?.aborted) {
        reject(ports.abortError(signal));
        return;
      }
      const handle = start(() => {
        signal?.removeEventListener("abort", abort);
        resolve(value);
      });
      if (options.ref === false) (handle as Handle).unref();
      signal?.addEventListener("abort", abort, { once: true });
    });

  const setTimeout = <T>(delayMs?: number, value?: T, options?: Options): Promise<T | undefined> =>
    after((fire) => ports.setTimeout(fire, delayMs), value, options);
  const setImmediate = <T>(value?: T, options?: Options): Promise<T | undefined> =>
    after((fire) => ports.setImmediate(fire), value, options);

  async function* setInterval<T>(
    delayMs?: number,
    value?: T,
    options: Options = {},
  ): AsyncGenerator<T | undefined> {
    const { signal } = options;
    let due = 0;
    let wake: () => void = () => undefined;
    const handle = ports.setInterval(() => {
      due++;
      wake();
    }, delayMs);
    const abort = (): void => wake();
    if (options.ref === false) (handle as Handle).unref();
    signal?.addEventListener("abort", abort);
    try {
      while (true) {
        if (signal?.aborted) throw ports.abortError(signal);
        if (due === 0) await new Promise<void>((resolve) => (wake = resolve));
        else {
          due--;
          yield value;
        }
      }
    } finally {
      ports.clearTimeout(handle);
      signal?.removeEventListener("abort", abort);
    }
  }

  const scheduler = {
    wait: (delayMs: number, options?: Options) => setTimeout(delayMs, undefined, options),
    yield: () => setImmediate(),
  };
  return { setTimeout, setImmediate, setInterval, scheduler };
}
