import { GuestQuestion } from "../../contract.ts";
import type { HostPort } from "../host.ts";
import { bigInt, mathFloor, number } from "../primordials.ts";

/** A clock that only goes forward. */
export interface MonotonicClock {
  /** Milliseconds since the environment was made, with a fraction. */
  now(): number;
}

export function createClock(host: HostPort): MonotonicClock {
  return { now: () => number(host.ask(GuestQuestion.Now, "")) };
}

const nanosPerSecond = 1e9;

/** `process.hrtime`, with its `bigint`. */
export function createHrtime(clock: MonotonicClock, check: (time: unknown) => void): object {
  const nanos = (): number => mathFloor(clock.now() * 1e6);

  function hrtime(since?: readonly [number, number]): [number, number] {
    if (since !== undefined) check(since);
    const total = nanos() - (since ? since[0] * nanosPerSecond + since[1] : 0);
    const seconds = mathFloor(total / nanosPerSecond);
    return [seconds, total - seconds * nanosPerSecond];
  }

  hrtime.bigint = (): bigint => bigInt(nanos());
  return hrtime;
}
