/** Where `process` keeps what `setUncaughtExceptionCaptureCallback` was given. */
export const captureKey: unique symbol = Symbol("capture");

/** What of `process` hears of errors that nobody caught. */
export interface UncaughtListeners {
  listenerCount(event: string): number;
  emit(event: string, ...args: unknown[]): boolean;
  /** As `setUncaughtExceptionCaptureCallback` has set it. */
  readonly [captureKey]: ((error: unknown) => unknown) | null;
}
