/** The guest's two ways out, captured before user code. Both take and give text and numbers only. */
export interface HostPort {
  /** One way, at once; kinds are `GuestMessage`'s. */
  readonly send: (kind: number, a: number, text: string) => void;
  /** Asks and gets a text back at once; kinds are `GuestQuestion`'s. */
  readonly ask: (kind: number, text: string) => string;
}
