/**
 * What host and cell say: one-way messages, in batches, of numbers and texts (caches and files in bytes). Imports nothing.
 */

/** Host to cell. */
export const ToCell = {
  /** Makes a version known, before its first environment. */
  Define: 1,
  /** The version will not be asked for again. */
  Forget: 2,
  /** Makes an environment of a version and runs its init. */
  Create: 3,
  Invoke: 4,
  /** Ends an environment at once. Also the answer to an overrun deadline. */
  Dispose: 5,
  /** Keeps so many generic environments of that heap limit ready. */
  Prepare: 6,
  /** Compiles a source for its code cache and its syntax errors. */
  Compile: 7,
  Ping: 8,
  /** An invocation has run past its deadline: end its environment and say so. */
  Expire: 9,
  /** Hand back what waits in the environment's mailbox. */
  Recall: 10,
  /** When the batch that it begins was sent. Only over transports whose board can't be shared memory. */
  Sent: 11,
  /** A reply to a call that an environment has open. */
  Reply: 13,
  /** Let an environment that listens for its end do what it wants to do then, and say that it has ended. */
  Shutdown: 14,
  /** A message of a debugger to an inspected environment; an empty one when it has gone. */
  Inspect: 15,
} as const;

/** Cell to host. */
export const ToHost = {
  /** The program has loaded and takes messages. */
  Ready: 1,
  Initialized: 2,
  InitFailed: 3,
  Done: 4,
  Log: 5,
  /** An environment has ended by the cell's own doing, and why. What it ran has been answered by `Done` before. */
  Ended: 6,
  Compiled: 7,
  Pong: 8,
  /** An invocation that was in a mailbox and has not started. */
  Returned: 9,
  /** An environment opens a call that the host serves. */
  Call: 10,
  /** More for an open call. */
  CallMore: 11,
  /** Nothing more is wanted of an open call. */
  CallEnd: 12,
  /** An environment wants to be told of its end, by `Shutdown`. */
  Listens: 13,
  /** What an inspected environment says to its debugger. */
  Inspected: 14,
} as const;

/** How an invocation ended, as the cell saw it. */
export const Outcome = { Succeeded: 0, Failed: 1, TimedOut: 2 } as const;

/** Why a cell ended an environment, or an init failed. */
export type EndReason =
  | "disposed"
  | "timeout"
  | "cpu"
  | "memory"
  /** More timers at once than it may have. */
  | "timers"
  /** Ten times the log of one invocation, or more. */
  | "logs"
  /** More calls open at once than it may have. */
  | "calls"
  /** Not by any fault: its heap is nearly full, and nothing runs in it. */
  | "memory-soft"
  | "exit"
  | "unhandled-rejection"
  | "uncaught-exception"
  | "protocol"
  | "init-error";

/** A version as a cell needs it. */
export interface VersionDefinition {
  /** JSON of the guest facts without what differs from environment to environment. */
  readonly factsText: string;
  readonly source: string;
  readonly format: "esm" | "commonjs";
  readonly filename: string;
  readonly memoryMb: number;
  /** Invocations an environment may run at once; more wait in its mailbox. */
  readonly concurrency: number;
  /** CPU time of one invocation. */
  readonly cpuMs: number;
  /** Log lines of one invocation, and their bytes; the rest is dropped, and ten times as much ends the environment. */
  readonly logLines: number;
  readonly logBytes: number;
  /** Timers that may be set at once. */
  readonly timers: number;
  /** Calls that may be open at once. */
  readonly hostCalls: number;
  /** An error's message, and its trace, in UTF-8 bytes each. */
  readonly errorBytes: number;
  /** Whether debuggers can attach; with `break` its code is loaded when one has, and stops before its first line. */
  readonly inspect: "off" | "on" | "break";
  readonly cachedData: Uint8Array | undefined;
  readonly pack: Uint8Array | undefined;
}

type DefineMessage = readonly [typeof ToCell.Define, version: number, definition: VersionDefinition];
type ForgetMessage = readonly [typeof ToCell.Forget, version: number];
export type CreateMessage = readonly [
  kind: typeof ToCell.Create,
  environment: number,
  version: number,
  /** Wall-clock limit of the init. */
  timeoutMs: number,
  logStreamName: string,
];
export type InvokeMessage = readonly [
  kind: typeof ToCell.Invoke,
  environment: number,
  /** Rises by one with every invocation sent to the cell, wrapping at 2^31; never 0. */
  number: number,
  requestId: string,
  timeoutMs: number,
  payload: string,
  /** JSON of the invocation's extras, or empty. */
  extras: string,
];
type DisposeMessage = readonly [typeof ToCell.Dispose, environment: number];
type ExpireMessage = readonly [typeof ToCell.Expire, environment: number];
type RecallMessage = readonly [typeof ToCell.Recall, environment: number];
type PrepareMessage = readonly [typeof ToCell.Prepare, memoryMb: number, count: number];
export type CompileMessage = readonly [
  kind: typeof ToCell.Compile,
  job: number,
  source: string,
  format: "esm" | "commonjs" | undefined,
  filename: string,
];
type PingMessage = readonly [typeof ToCell.Ping, number: number];
/** On the machine's monotonic clock, which its processes share. */
type SentMessage = readonly [typeof ToCell.Sent, sentMs: number];
type ReplyMessage = readonly [
  kind: typeof ToCell.Reply,
  environment: number,
  call: number,
  /** `CallReply`: a part, done, or failed. */
  reply: 0 | 1 | 2,
  text: string,
];

type ShutdownMessage = readonly [kind: typeof ToCell.Shutdown, environment: number, limitMs: number];

type InspectMessage = readonly [
  kind: typeof ToCell.Inspect,
  environment: number,
  client: number,
  text: string,
];

/** What a host says to one environment while that is there. */
export type WordToEnvironment =
  ExpireMessage | RecallMessage | ReplyMessage | ShutdownMessage | InspectMessage;

/** Anything a host sends. */
export type HostMessage =
  | DefineMessage
  | ForgetMessage
  | CreateMessage
  | InvokeMessage
  | DisposeMessage
  | ExpireMessage
  | RecallMessage
  | PrepareMessage
  | CompileMessage
  | PingMessage
  | SentMessage
  | ReplyMessage
  | ShutdownMessage
  | InspectMessage;

export type ReadyMessage = readonly [typeof ToHost.Ready];
export type InitializedMessage = readonly [
  kind: typeof ToHost.Initialized,
  environment: number,
  initMs: number,
  cpuMs: number,
  heapBytes: number,
];
export type InitFailedMessage = readonly [
  kind: typeof ToHost.InitFailed,
  environment: number,
  reason: EndReason,
  /** JSON of a GuestError. */
  error: string,
  initMs: number,
  cpuMs: number,
  /** JSON of a KillReport when the cell ended it over a limit; else empty. */
  kill: string,
];
export type DoneMessage = readonly [
  kind: typeof ToHost.Done,
  environment: number,
  number: number,
  outcome: 0 | 1 | 2,
  /** The result as JSON, or JSON of a GuestError; empty when timed out. */
  text: string,
  durationMs: number,
  cpuMs: number,
  /** Heap in use, or 0 when it was not sampled. */
  heapBytes: number,
  /** Whether it waited for anything: false when it was done in the run that started it. */
  waited: boolean,
  /** JSON of a KillReport when its environment was ended over a limit; else empty. */
  kill: string,
];
export type LogMessage = readonly [
  kind: typeof ToHost.Log,
  environment: number,
  /** The invocation that was running, or 0 during init. */
  number: number,
  level: number,
  text: string,
  timeMs: number,
];
export type EndedMessage = readonly [
  kind: typeof ToHost.Ended,
  environment: number,
  reason: EndReason,
  /** JSON of a KillReport when it was ended over a limit; else empty. */
  kill: string,
];
export type CompiledMessage = readonly [
  kind: typeof ToHost.Compiled,
  job: number,
  format: "esm" | "commonjs",
  /** Empty when it compiled; else the syntax error's text. */
  error: string,
  cachedData: Uint8Array | undefined,
];
export type PongMessage = readonly [typeof ToHost.Pong, number: number];
export type ReturnedMessage = readonly [typeof ToHost.Returned, environment: number, number: number];
/** `text` is a `callText` of the guest's contract. */
export type CallMessage = readonly [typeof ToHost.Call, environment: number, call: number, text: string];
export type CallMoreMessage = readonly [
  typeof ToHost.CallMore,
  environment: number,
  call: number,
  text: string,
];
export type CallEndMessage = readonly [typeof ToHost.CallEnd, environment: number, call: number];

export type InspectedMessage = readonly [
  kind: typeof ToHost.Inspected,
  environment: number,
  client: number,
  text: string,
];
export type ListensMessage = readonly [typeof ToHost.Listens, environment: number];

/** Anything a cell sends. */
export type CellMessage =
  | ReadyMessage
  | InitializedMessage
  | InitFailedMessage
  | DoneMessage
  | LogMessage
  | EndedMessage
  | CompiledMessage
  | PongMessage
  | ReturnedMessage
  | CallMessage
  | CallMoreMessage
  | CallEndMessage
  | ListensMessage
  | InspectedMessage;

/** The cell's end of a transport. */
export interface CellPort {
  /** Sends a batch; never waits. */
  post(batch: readonly CellMessage[]): void;
  /** Takes batches from now on, in the order they were sent. `isQuiet` tells whether nothing but a batch can happen next. */
  listen(receive: (batch: readonly HostMessage[]) => void, isQuiet: () => boolean): void;
}
