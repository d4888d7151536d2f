import type { GuestFacts, InvokeExtras } from "../contract.ts";
import { RuntimeFailure } from "./failures.ts";
import { dateNow, jsonParse, record, reflectGet, string } from "./primordials.ts";

/** What a handler may tell by its callback or by the context's old methods. The first one counts. */
export interface Completion {
  succeed(value: unknown): void;
  /** As `succeed`, but waits for timers and calls when `callbackWaitsForEmptyEventLoop` holds. */
  callback(value: unknown): void;
  fail(reason: unknown): void;
}

/** The second argument of a handler, with Lambda's fields. A literal, so that no setter on `Object.prototype` sees it. */
export function makeContext(
  facts: GuestFacts,
  requestId: string,
  deadlineMs: number,
  extras: InvokeExtras,
  legacy: LegacyContext | undefined,
): object {
  const getRemainingTimeInMillis = (): number => deadlineMs - dateNow();
  const { functionVersion, functionName, logGroupName, logStreamName } = facts;
  const memoryLimitInMB = string(facts.memoryMb);
  const { clientContext, identity, tenantId } = extras;
  const invokedFunctionArn = extras.invokedFunctionArn ?? facts.functionArn;
  const awsRequestId = requestId;
  const base = {
    functionVersion,
    functionName,
    memoryLimitInMB,
    logGroupName,
    logStreamName,
    clientContext,
    identity,
    invokedFunctionArn,
    awsRequestId,
    tenantId,
    getRemainingTimeInMillis,
  };
  return legacy ? withLegacyMethods(base, legacy) : base;
}

/** The event. Throws the failure that says that it isn't JSON: whoever invoked with text is told so. */
export function parseEvent(text: string): unknown {
  try {
    return jsonParse(text);
  } catch (thrown) {
    throw new RuntimeFailure("Runtime.UnmarshalError", string(reflectGet(thrown as object, "message")));
  }
}

/** The rare per-invocation facts, from their text. */
export function parseExtras(text: string): InvokeExtras {
  return text === "" ? NO_EXTRAS : record<InvokeExtras>(jsonParse(text) as InvokeExtras);
}

const NO_EXTRAS: InvokeExtras = record({});

/** Callback and context methods of `nodejs22.x`. */
export interface LegacyContext {
  callbackWaits: boolean;
  readonly callback: (error: unknown, value?: unknown) => void;
  readonly done: (error: unknown, value?: unknown) => void;
  readonly succeed: (value: unknown) => void;
  readonly fail: (error: unknown) => void;
}

/** Makes them: of all the callbacks of one invocation only the first call counts. */
export function makeLegacy(completion: Completion): LegacyContext {
  let finished = false;
  const once = (act: (error: unknown, value: unknown) => void) => (error?: unknown, value?: unknown) => {
    if (finished) return;
    act(error, value);
    finished = true;
  };
  const isError = (error: unknown) => error !== undefined && error !== null;
  const legacy: LegacyContext = {
    callbackWaits: true,
    callback: once((error, value) => {
      if (isError(error)) completion.fail(error);
      else if (legacy.callbackWaits) completion.callback(value);
      else completion.succeed(value);
    }),
    done: once((error, value) => (isError(error) ? completion.fail(error) : completion.succeed(value))),
    succeed: once((value) => completion.succeed(value)),
    fail: once((error) => completion.fail(isError(error) ? error : "handled")),
  };
  return legacy;
}

function withLegacyMethods(base: object, legacy: LegacyContext): object {
  return {
    get callbackWaitsForEmptyEventLoop(): boolean {
      return legacy.callbackWaits;
    },
    set callbackWaitsForEmptyEventLoop(value: unknown) {
      legacy.callbackWaits = value ? true : false;
    },
    succeed: legacy.succeed,
    fail: legacy.fail,
    done: legacy.done,
    ...base,
  };
}
