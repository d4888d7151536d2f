/** What `node:stream` asks web streams under symbols that it shares with its ports: `finished`, `isErrored` and the like. */

/** Fields of the streams of web-streams-polyfill. */
interface Inner {
  _state: "readable" | "writable" | "erroring" | "errored" | "closed";
  readonly _disturbed?: boolean;
  readonly _storedError: unknown;
}

interface Closing {
  readonly promise: Promise<undefined>;
}

export function tellNodeStreams(prototype: object, kind: "readable" | "writable"): void {
  const closings = new WeakMap<object, Closing>();
  const getters: Readonly<Record<string, (stream: Inner) => unknown>> = {
    [`nodejs.stream.${kind}`]: ({ _state }) => _state === kind,
    "nodejs.stream.errored": ({ _state }) => _state === "errored",
    ...(kind === "readable" && { "nodejs.stream.disturbed": ({ _disturbed }: Inner) => _disturbed }),
    "nodejs.webstream.isClosedPromise": (stream) => {
      const closing = closings.get(stream) ?? { promise: whenClosed(stream) };
      closings.set(stream, closing);
      return closing;
    },
  };
  for (const [name, read] of Object.entries(getters)) {
    Object.defineProperty(prototype, Symbol.for(name), {
      get(this: Inner) {
        return read(this);
      },
      enumerable: false,
      configurable: true,
    });
  }
}

/** Its reader knows when a stream closes, but it may have none, or another one later: so its state is watched. */
function whenClosed(stream: Inner): Promise<undefined> {
  const promise = new Promise<undefined>((resolve, reject) => {
    let state = stream._state;
    const look = (): void => {
      if (state === "closed") resolve(undefined);
      // Later: why it has failed is noted after that it has.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- What it was errored with.
      else if (state === "errored") queueMicrotask(() => reject(stream._storedError));
    };
    Object.defineProperty(stream, "_state", {
      get: () => state,
      set(value: Inner["_state"]) {
        state = value;
        look();
      },
      enumerable: true,
      configurable: true,
    });
    look();
  });
  promise.catch(() => undefined);
  return promise;
}
