import type { CallError, CallReplyKind } from "../../guest/contract.ts";

/** What a service refuses or fails with, in words for the guest. Anything else it throws is hidden from the guest. */
export class ServiceError extends Error {
  readonly code: string | undefined;

  constructor(name: string, message: string, code?: string) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

/** An open call, as the guest goes on with it. */
export interface OpenCall {
  /** More for it. */
  more?(text: string): void;
  /** Nothing more is wanted of it; no reply is heard from now on. */
  end(): void;
}

/** Answers a call: parts, then one last word. After that, and after the call's end, it does nothing. */
export type Reply = (kind: CallReplyKind, text: string) => void;

/**
 * Something that a cell does for one environment, on its own thread: computing that the host's engine does better than
 * a guest could, and nothing that reaches outside.
 */
export interface Service {
  /** Does `verb` at once. @throws ServiceError for the guest. */
  ask?(verb: string, argument: string): string;
  /** Begins `verb`; `reply` is never called before it returns. @throws ServiceError for the guest. */
  open?(verb: string, argument: string, reply: Reply): OpenCall;
  /** How long it has worked on other threads since it was last asked. */
  takeWorkedMs?(): number;
  /** The environment has ended. */
  dispose?(): void;
}

/** What goes to the guest of whatever was thrown. */
export function callErrorOf(thrown: unknown): CallError {
  if (thrown instanceof ServiceError) {
    const { name, message, code } = thrown;
    return { name, message, ...(code !== undefined && { code }) };
  }
  return { name: "Error", message: "The runtime's service failed.", code: "ERR_INTERNAL" };
}
