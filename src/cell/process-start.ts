/** What a host starts a cell's process with: all it inherits beside the memory-less standard streams. */
export const ProcessFiles = {
  /** The stream of frames, both ways. */
  Stream: 3,
  /** The file on which it notes its progress. */
  Board: 4,
} as const;

/** Most bytes of one text and of one frame, as the process is told them: its first and its second argument. */
export interface ProcessLimits {
  readonly maxTextBytes: number;
  readonly maxFrameBytes: number;
}
