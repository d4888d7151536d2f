/**
 * Progress of a cell, readable while it is busy. Threads share it as memory, elsewhere it is told by messages. Laid out
 * as 32-bit integers, then as many 64-bit floats as there are slots; an invocation's slot is its number modulo the slots.
 */
export const Board = {
  /** The environment it is running at this moment; 0 when none. */
  RunningEnvironment: 0,
  /** Rises with every run, so that a long one can be told from many. */
  Run: 1,
  /** Rises with every batch the host has sent; a cell that sleeps is woken by it. */
  Bell: 2,
  /** One of {@link Leaving}. */
  Leaving: 3,
  /** First of the slots' numbers: the invocation that started last of those that share a slot, negative once finished. */
  Numbers: 4,
  /** Invocations the board tells of; a power of two, and even with the header of even length, so that the floats are aligned. */
  Slots: 1_024,
} as const;

/** How far a cell in a thread is with ending itself. */
export const Leaving = {
  No: 0,
  /** The host has asked it to. */
  Asked: 1,
  /** It has done all that must be done before the thread ends. */
  Ready: 2,
} as const;

/** By how much a number may be ahead for {@link mayHideRevocation}: far more than are ever outstanding. */
const REVOCATION_REACH = 0x10_0000;

/**
 * Whether the revocation of a later invocation may have taken the place of this one's, which shares its slot. One that is
 * refused for that without need is handed back and comes again under another number.
 */
export function mayHideRevocation(revoked: number, number: number): boolean {
  const ahead = (revoked - number) & 0x7fff_ffff;
  return revoked > 0 && ahead > 0 && ahead < REVOCATION_REACH;
}

/** Bytes of a board. */
export const BOARD_BYTES: number = (Board.Numbers + Board.Slots) * 4 + Board.Slots * 8;

/** Where the start times begin in a board: milliseconds on the machine's monotonic clock. */
export const BOARD_TIMES_OFFSET: number = (Board.Numbers + Board.Slots) * 4;
