/** Most messages in one frame; an encoder splits larger batches. */
export const MAX_FRAME_MESSAGES = 65_536;

/** What both ends of a stream of frames hold to. */
export interface FrameLimits {
  /** Most bytes of a frame after its length field; 64 to 2^31 - 1. */
  readonly maxFrameBytes: number;
  /** Most bytes of one text as UTF-8; 0 to 2^29 - 24, V8's longest string. */
  readonly maxTextBytes: number;
}

/** Why a frame, or a message for one, was refused. The message names the limit and its value. */
export class FrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "FrameError";
  }
}

/** Gives the limits back. @throws RangeError when one is out of its range. */
export function checkedLimits(limits: FrameLimits): FrameLimits {
  check("maxFrameBytes", limits.maxFrameBytes, 64, 0x7fff_ffff);
  check("maxTextBytes", limits.maxTextBytes, 0, 0x1fff_ffe8);
  return limits;
}

function check(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${name} is ${value}; allowed: a whole number from ${least} to ${most}.`);
}
