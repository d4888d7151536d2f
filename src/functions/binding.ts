/** Who calls a binding. */
export interface BindingCaller {
  readonly functionName: string;
  readonly functionVersion: string;
  /** Tenant of the invocation; undefined when it has none, or while a function is loaded. */
  readonly tenant: string | undefined;
  /** Aborted when nobody waits for the call any more: its function has ended, its time is over, or it was revoked. */
  readonly signal: AbortSignal;
}

/**
 * What the host offers to functions under a name: an object whose methods they may call, or a function that gives one
 * for each call by who calls. Methods are the object's own and those of its class, but for names that begin with `_`.
 * Arguments come as JSON and results go as JSON, `Uint8Array`s as they are; an async iterable or a Web stream is handed
 * on piece by piece.
 */
export type Binding = object | ((caller: BindingCaller) => object);

/** How a binding is offered. */
export interface BindingOptions {
  /** Time for one call to give its result, or to begin its stream, in milliseconds; 1 to 900 000, default 30 000. */
  readonly timeoutMs?: number;
}

/** What an engine offers to functions. Both take effect at once, also for functions that run. */
export interface BindingTable {
  /** Offers a binding, in the place of one of the same name. Throws `InvalidOptionError`. */
  offer(name: string, binding: Binding, options?: BindingOptions): void;
  /** Takes a binding back: calls under way fail. False when there is none of that name. */
  revoke(name: string): boolean;
}
