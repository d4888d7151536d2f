import { reflectApply } from "../primordials.ts";

/**
 * What goes with a piece of code through its asynchronous steps; `node:async_hooks` gives frames their meaning. Until it is
 * first loaded nothing is bound, and nobody pays for it.
 */
export interface Frames {
  /** The frame of the code that runs. */
  current: unknown;
  /** Whether frames are used in this environment. */
  isUsed: boolean;
  /** `callback`, to be called in the frame of now. Hooks are told its type. */
  bind<Callback extends (...args: never[]) => unknown>(callback: Callback, type?: string): Callback;
  /** Calls `callback` in `frame`. */
  run(
    frame: unknown,
    callback: (...args: never[]) => unknown,
    self: unknown,
    args: readonly unknown[],
  ): unknown;
}

export function createFrames(): Frames {
  const frames: Frames = {
    current: undefined,
    isUsed: false,
    bind(callback) {
      if (!frames.isUsed) return callback;
      const frame = frames.current;
      return function (this: unknown, ...args: never[]) {
        return frames.run(frame, callback, this, args);
      } as typeof callback;
    },
    run(frame, callback, self, args) {
      const before = frames.current;
      frames.current = frame;
      try {
        return reflectApply(callback, self, args);
      } finally {
        frames.current = before;
      }
    },
  };
  return frames;
}
