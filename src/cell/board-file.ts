/**
 * Layout of the file on which a cell in a process notes its progress: what the kernel has taken is there whatever
 * becomes of the process, and a write costs half a microsecond. All records have {@link RECORD_BYTES}: two 32-bit
 * integers and a 64-bit float, little endian.
 *
 * The first record is the last run that was entered: environment (0 when none), nothing, when. Then one record for each
 * slot: the invocation that started last of those that share it (negative once finished), its environment, when. Then
 * one 32-bit integer for each slot, written by the host: an invocation that must not start any more.
 */
export const BoardFile = {
  RecordBytes: 16,
  /** Invocations the file tells of. */
  Slots: 1_024,
} as const;

const { RecordBytes, Slots } = BoardFile;

export const BOARD_FILE_BYTES: number = RecordBytes * (1 + Slots) + 4 * Slots;

/** Where the record of an invocation is. */
export function recordOffset(number: number): number {
  return RecordBytes * (1 + (number % Slots));
}

/** Where the host notes that an invocation must not start. */
export function revocationOffset(number: number): number {
  return RecordBytes * (1 + Slots) + 4 * (number % Slots);
}

/**
 * An invocation that was sent less than this ago starts without the cell looking whether it was revoked, and is not
 * revoked by the host while the cell lives; in milliseconds.
 */
export const FRESH_MS = 4;

/** How old an invocation must be for a host to revoke it. More than {@link FRESH_MS}: then the cell looks. */
export const REVOCABLE_AFTER_MS = 5;
