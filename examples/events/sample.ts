/** One event to send, and how the function ought to answer it. */
export interface Sample<Event> {
  readonly event: Event;
  /** The type of the error the function must fail with; absent where it must succeed. */
  readonly expectedError?: string;
}

/** The account, region and day that all the made-up events are from. */
export const ACCOUNT = "111122223333";
export const REGION = "eu-central-1";
export const DAY_START_MS: number = Date.UTC(2026, 5, 17, 6);
