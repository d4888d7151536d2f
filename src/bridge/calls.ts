import type { InvocationRequest } from "../invocation/invocation.ts";

/** `CallReply` of the guest's contract: a part with more to follow, the last word, or a failure. */
export type ReplyKind = 0 | 1 | 2;

/** Replies to an open call; after the last word, and after the call's end, it does nothing. */
export type SendReply = (call: number, kind: ReplyKind, text: string) => void;

/** What serves the calls that one environment makes to the host. */
export interface CallServer {
  /** `text` is the operation, a newline, and its argument. Never throws: what is wrong is a reply. */
  open(call: number, text: string): void;
  /** More for an open call. */
  more(call: number, text: string): void;
  /** The guest wants no more of it. */
  end(call: number): void;
  /** The environment is no more: ends all that is under way. */
  close(): void;
}

/** An environment as those see it who serve its calls. */
export interface Caller {
  /** The invocations that have been sent to it and are not over, as far as it has begun with them. */
  running(): readonly InvocationRequest[];
}

/** Makes a server for one environment. Replies come later, never while it is called. */
export type ServeCalls = (reply: SendReply, caller: Caller) => CallServer;
