/**
 * What the guest runtime and the cell say to each other. Only numbers and strings cross, in both directions.
 * Imports nothing: it is compiled on both sides of the boundary.
 */

/** What the guest sends, by its one way out: `send(kind, a, text)`. */
export const GuestMessage = {
  /** Init has ended well; `a` is 0. */
  InitDone: 1,
  /** Init failed; `text` is an ErrorText. */
  InitFailed: 2,
  /** The handler of invocation `a` returned; `text` is the result as JSON. */
  Succeeded: 3,
  /** The handler of invocation `a` failed; `text` is an ErrorText. */
  Failed: 4,
  /** A log line; `a` is the level's index, `text` a LogText. */
  Log: 6,
  /** Set timer `a`; `text` is the delay in ms. */
  SetTimer: 7,
  /** Clear timer `a`. */
  ClearTimer: 8,
  /** `process.exit(a)` was called: end the environment. */
  Exit: 9,
  /** An error nobody caught (a timer's or microtask's callback threw); `text` is an ErrorText. */
  Uncaught: 10,
  /** Opens call `a` of something that takes time; `text` is a {@link callText}. Answered by `reply`. */
  Call: 11,
  /** More for the open call `a`, such as a part of what is sent or room for what is received. */
  CallMore: 12,
  /** Nothing more is wanted of the open call `a`. */
  CallEnd: 13,
  /** It listens for `SIGTERM`, and is to be told of its end. */
  Listens: 14,
  /** Whether the open call `a` holds invocations open: `text` is `1`, as it is of itself, or `0`. */
  CallHold: 15,
} as const;

/** What the guest asks and gets a text back for at once: `ask(kind, text)`. */
export const GuestQuestion = {
  /** Source text of a lazily loaded part of the runtime; the cell runs it, the answer is empty. */
  LoadChunk: 1,
  /** `text` random bytes, one Latin-1 character each. */
  RandomBytes: 2,
  RandomUuid: 3,
  /**
   * Parse a URL, `text` being JSON `[input, base?]`, or set a field of one, `text` being JSON `[href, field, value]`.
   * The answer is JSON of the URL's parts, or empty when it is invalid.
   */
  ParseUrl: 4,
  /** Milliseconds since the environment was made, as text. */
  Now: 5,
  /** Has a service of the cell's do something at once: `text` is a {@link callText}, the answer a service's answer. */
  Service: 6,
  /** Memory and CPU time of the environment, as JSON of {@link GuestMeasures}. */
  Measure: 7,
} as const;

/** What a reply to a call is. */
export const CallReply = {
  /** A part; more follows. */
  Part: 0,
  /** The last word: it has ended well. */
  Done: 1,
  /** The last word: it has failed; the text is JSON of a {@link CallError}. */
  Failed: 2,
} as const;

/** The kinds of replies to a call. */
export type CallReplyKind = (typeof CallReply)[keyof typeof CallReply];

/** Why a call or a service failed, as the guest's error says it. */
export interface CallError {
  /** Such as `TypeError` or `NotAllowedError`. */
  readonly name: string;
  readonly message: string;
  /** Such as `ERR_ACCESS_DENIED`. */
  readonly code?: string;
}

/** Operation and argument as one text. An operation is `service.verb`. */
export function callText(operation: string, argument: string): string {
  return `${operation}\n${argument}`;
}

/**
 * The call by which a handler streams its response. Its argument is the invocation's number, a newline and the content
 * type; each `CallMore` is a piece of the response in Latin-1 and an empty one its end, each part of the reply a number of
 * bytes that have been taken off.
 */
export const RESPONSE_STREAM = "response.stream";

/** The same for the response of a default export's `fetch`: opened when the handler begins, a prelude first. */
export const RESPONSE_WEB = "response.web";

/** A part of the reply to {@link RESPONSE_WEB}: nobody reads the response any more. */
export const RESPONSE_GONE = "gone";

/** The content type of a response that begins with a prelude: JSON of status, headers and cookies, and eight zero bytes. */
export const PRELUDE_CONTENT_TYPE = "application/vnd.awslambda.http-integration-response";
export const PRELUDE_DELIMITER_BYTES = 8;

/** Most bytes of a response that are on the way or unread at the host; one piece more may be begun within them. */
export const RESPONSE_WINDOW_BYTES = 262_144;

/** Most bytes of one piece. */
export const RESPONSE_PIECE_BYTES = 65_536;

/**
 * The call of a request. Its argument is JSON of it; `+` and a piece of the body in Latin-1, `.` for the body's end and
 * {@link PART_USED} are sent more for it. The reply's first part is JSON of the response's head; then come `+` and a piece
 * of the response, and at any time `~` and how many bytes of the request's body have been sent on.
 */
export const NET_FETCH = "net.fetch";

/** A piece of the response was consumed, so that another may come. */
export const PART_USED = "~1";

/** Most bytes of one request's body that are on the way or unsent at the host; one piece more may be begun within them. */
export const REQUEST_WINDOW_BYTES = 262_144;

/** Most bytes of one piece of a request's or a response's body. */
export const NET_PIECE_BYTES = 65_536;

/** What a service's answer begins with: the result, or JSON of a {@link CallError}. */
export const SERVICE_RESULT = "=";
export const SERVICE_ERROR = "!";

/** How the cell enters the guest; the guest runtime returns these functions once, before user code. */
export interface GuestEntries {
  /** Facts about the function, as JSON of {@link GuestFacts} without the log stream; once, before user code is loaded. */
  configure(factsText: string, logStreamName: string): void;
  /** Names that the built-in module `name` exports, comma separated; empty when there is no such built-in. */
  builtinNames(name: string): string;
  /** A built-in module's exports, which never leave the guest; undefined when there is none of that name. */
  builtin(name: string): unknown;
  /** Puts the globals there that the cell's modules find the runtime by; before user code, and they delete them. */
  exposeToModules(): void;
  /** Resolves the handler in the module's exports and ends init. `exports` never leaves the guest. */
  loaded(exports: unknown): void;
  /** Runs a CommonJS module given as its wrapper function. */
  loadCommonJs(wrapper: unknown): void;
  /**
   * Starts an invocation. `deadlineMs` is in milliseconds since the epoch; `extras` is JSON of {@link InvokeExtras} or
   * empty. What `send` gives back for its completion is a {@link nextText} that the guest starts likewise, or undefined.
   */
  invoke(number: number, requestId: string, deadlineMs: number, payload: string, extras: string): void;
  /** Timer `id` has come due. */
  timer(id: number): void;
  /** A reply to the open call `id`; `kind` is one of `CallReply`. */
  reply(id: number, kind: number, text: string): void;
  /** The environment is to end: Node's `SIGTERM`. */
  shutdown(): void;
  /** JSON of a {@link GuestRejection} of the run before. False when nobody listens for such, and the environment ends. */
  rejected(rejectionText: string): boolean;
  /** Nothing is left to happen while an invocation is unfinished: Node's `beforeExit`. The guest then finishes it. */
  idle(): void;
}

/**
 * The next invocation, as the cell gives it back for the completion of the last one: entering an isolate costs several
 * times as much as a word from within it. The arguments of `invoke`, the numbers first.
 */
export function nextText(
  number: number,
  requestId: string,
  deadlineMs: number,
  payload: string,
  extras: string,
): string {
  return `${number},${deadlineMs},${requestId.length},${extras.length};${requestId}${extras}${payload}`;
}

/** What an environment takes. */
export interface GuestMeasures {
  readonly heapTotalBytes: number;
  readonly heapUsedBytes: number;
  /** Of buffers, outside of the heap. */
  readonly externalBytes: number;
  readonly heapLimitBytes: number;
  /** CPU time since it was made, in microseconds. */
  readonly cpuUs: number;
}

/** What the guest's runtime rejects a promise of its own with, for the cell to ask it about the user's when the run is over. */
export const REJECTIONS_SIGNAL = "isolet:rejections";

/** A rejection that nobody handles, as the cell is told of it. */
export interface GuestRejection {
  /** What it was rejected with, if that is an error. */
  readonly error?: { readonly name: string; readonly message: string; readonly stack: string };
  /** What else it was rejected with, if JSON has it. */
  readonly value?: unknown;
}

/** What an environment knows about its function. */
export interface GuestFacts {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly handler: string;
  readonly runtime: string;
  readonly responseLimitBytes: number;
  /** Most bytes of an error's message, and of its trace. */
  readonly errorBytes: number;
  readonly permissions: GuestPermissions;
  readonly logFormat: "text" | "json";
  /** `process.env`, complete. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the code uses `node:async_hooks`, and was compiled so that no native `await` is in it. */
  readonly tracksContext?: boolean;
  /** Whether the code names the events of rejections, and was compiled likewise. */
  readonly followsRejections?: boolean;
  /** Whether names stand for `import()` and `import.meta` in the user's module. */
  readonly usesImports?: boolean;
  /** Whether the function has files that it may load. */
  readonly hasFiles?: boolean;
  /** Whether debuggers can attach: its console is then also theirs. */
  readonly isInspected?: boolean;
  /** Path of the user's module, such as `/var/task/index.mjs`. */
  readonly filename: string;
}

/** What the guest's own runtime grants or doesn't; the host checks the rest. Absent is denied. */
export interface GuestPermissions {
  readonly wasm?: boolean;
  readonly eval?: boolean;
  readonly sharedArrayBuffer?: boolean;
  readonly atomicsWait?: boolean;
  /** Whether there is a `/tmp` to write to. */
  readonly fs?: boolean;
  /** Names of bindings, or of methods of theirs as `name.method`; true for all. */
  readonly bindings?: true | readonly string[];
}

/** What only some invocations have. */
export interface InvokeExtras {
  readonly invokedFunctionArn?: string;
  readonly tenantId?: string;
  readonly clientContext?: unknown;
  readonly identity?: unknown;
  /** Whether the response of a default export's `fetch` may be streamed. */
  readonly streams?: boolean;
}

/** Name of the one global the runtime script leaves behind for the cell, which takes and deletes it before user code. */
export const BOOT_GLOBAL = "__isoletBoot";

/** Name under which a module learns that it was loaded: only the cell's own glue imports it. */
export const LOADED_GLOBAL = "__isoletLoaded";

/** Name under which the cell's modules of built-ins find them; deleted before user code. */
export const BUILTIN_GLOBAL = "__isoletBuiltin";

/** Name under which the cell's modules find the loader of the function's files; deleted like the others. */
export const MODULES_GLOBAL = "__isoletModules";

/** The variable a script of the cell's leaves what it makes in: a chunk's exports, or a CommonJS file's function. */
export const CHUNK_GLOBAL = "__isoletChunk";

/** Names that stand for `import()` and `import.meta`: as long as these, so that no line or column moves. */
export const DYNAMIC_IMPORT = "$mport";
export const IMPORT_META = "$importmeta";

/** Most bytes of an `errorMessage` and of a `trace`, each, where a function sets nothing else; the rest is cut off. */
export const DEFAULT_ERROR_BYTES = 65_536;

/** Longest log line, in UTF-16 units; Lambda cuts at 256 KB as well. */
export const LOG_LINE_LIMIT = 262_144;

/**
 * Longest text that is looked into in order to cut it, in UTF-16 units. A text that was made by repeating takes its full
 * memory only then, which the heap limit doesn't stop.
 */
export const LOOK_LIMIT = 4_194_304;

/** A failure as text: JSON of this. */
export interface GuestError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}
