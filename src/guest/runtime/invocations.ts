import { GuestMessage } from "../contract.ts";
import type { GuestFacts } from "../contract.ts";
import { makeContext, makeLegacy, parseExtras } from "./context.ts";
import type { Completion } from "./context.ts";
import { errorText, failureText, RuntimeFailure } from "./failures.ts";
import type { Handler } from "./handler.ts";
import type { HostPort } from "./host.ts";
import {
  isInstance,
  jsonParse,
  jsonStringify,
  mapDelete,
  mapForEach,
  mapGet,
  mapSet,
  promiseThen,
  reflectGet,
  SafeMap,
  SafePromise,
  settle,
  stringCharCodeAt,
} from "./primordials.ts";

interface Running {
  /** Whether the handler gave a promise and so must settle; a plain one that says nothing ends as `null`. */
  mustSettle: boolean;
  /** Result of a callback that waits for the event loop to be empty. */
  waiting: { readonly value: unknown } | undefined;
}

/** The guest's part of invocations: calls the handler, turns what comes of it into text, and says so once each. */
export class Invocations {
  readonly #host: HostPort;
  readonly #facts: GuestFacts;
  readonly #handler: Handler;
  readonly #callbacksAllowed: boolean;
  readonly #running: Map<number, Running> = new SafeMap<number, Running>();

  readonly #isExitUnwind: (thrown: unknown) => boolean;

  constructor(
    host: HostPort,
    facts: GuestFacts,
    handler: Handler,
    isExitUnwind: (thrown: unknown) => boolean,
  ) {
    this.#isExitUnwind = isExitUnwind;
    this.#host = host;
    this.#facts = facts;
    this.#handler = handler;
    this.#callbacksAllowed = facts.runtime === "nodejs22.x";
  }

  start(number: number, requestId: string, deadlineMs: number, payload: string, extrasText: string): void {
    const running: Running = { mustSettle: false, waiting: undefined };
    mapSet(this.#running, number, running);
    try {
      const extras = parseExtras(extrasText);
      const event = jsonParse(payload);
      const completion = this.#callbacksAllowed ? this.#completion(number, running) : undefined;
      const legacy = completion && makeLegacy(completion);
      const context = makeContext(this.#facts, requestId, deadlineMs, extras, legacy);
      const { call } = this.#handler;
      const result = legacy ? call(event, context, legacy.callback) : call(event, context);
      this.#follow(number, running, result);
    } catch (thrown) {
      this.#fail(number, thrown);
    }
  }

  /** Nothing is left to happen: what has not ended by now never will. */
  idle(): void {
    mapForEach(this.#running, (running, number) => {
      if (running.waiting) this.#succeed(number, running.waiting.value);
      else if (running.mustSettle) this.#neverSettled(number);
      else this.#succeed(number, null);
    });
  }

  #follow(number: number, running: Running, result: unknown): void {
    // With callbacks, only a promise is an answer; the client without them awaits whatever the handler gives.
    if (this.#callbacksAllowed && !isPromiseLike(result)) return;
    running.mustSettle = this.#handler.isAsync || !this.#callbacksAllowed;
    const onFulfilled = (value: unknown): void => this.#succeed(number, value);
    const onRejected = (reason: unknown): void => this.#fail(number, reason);
    if (isInstance(SafePromise, result))
      void promiseThen(result as Promise<unknown>, onFulfilled, onRejected);
    else settle(result, onFulfilled, onRejected);
  }

  #completion(number: number, running: Running): Completion {
    return {
      succeed: (value) => this.#succeed(number, value),
      fail: (reason) => this.#fail(number, reason),
      callback: (value) => {
        running.waiting = { value };
      },
    };
  }

  #succeed(number: number, value: unknown): void {
    if (!mapGet(this.#running, number)) return;
    let text: string | undefined;
    try {
      text = jsonStringify(value === undefined ? null : value);
    } catch {
      // As Lambda's client: whatever went wrong in there, the user learns only that it did.
    }
    if (text === undefined) this.#fail(number, unwritable(this.#callbacksAllowed));
    else if (isOverLimit(text, this.#facts.responseLimitBytes)) this.#tooLarge(number, text);
    else this.#finish(number, GuestMessage.Succeeded, text);
  }

  #fail(number: number, thrown: unknown): void {
    // `process.exit` unwinds by throwing: the cell ends the environment and says how the invocation ended.
    if (this.#isExitUnwind(thrown)) return;
    this.#finish(number, GuestMessage.Failed, failureText(thrown));
  }

  #neverSettled(number: number): void {
    this.#fail(
      number,
      new RuntimeFailure(
        "Runtime.NodeJsExit",
        "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes",
      ),
    );
  }

  #tooLarge(number: number, text: string): void {
    const size = utf8Length(text);
    const limit = this.#facts.responseLimitBytes;
    const message = `Response payload size (${size} bytes) exceeded maximum allowed payload size (${limit} bytes).`;
    this.#finish(number, GuestMessage.Failed, errorText("Function.ResponseSizeTooLarge", message));
  }

  #finish(number: number, kind: number, text: string): void {
    if (mapDelete(this.#running, number)) this.#host.send(kind, number, text);
  }
}

/** The clients of the two runtimes give the same fault different names. */
function unwritable(callbacksAllowed: boolean): RuntimeFailure {
  const errorType = callbacksAllowed ? "Error" : "Runtime.JSONStringifyError";
  return new RuntimeFailure(errorType, "Unable to stringify response body");
}

function isPromiseLike(value: unknown): boolean {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return false;
  return isInstance(SafePromise, value) || typeof reflectGet(value, "then") === "function";
}

/** Cheap for short texts: three bytes are the most that a UTF-16 unit can take. */
function isOverLimit(text: string, limitBytes: number): boolean {
  return text.length * 3 > limitBytes && (text.length > limitBytes || utf8Length(text) > limitBytes);
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = stringCharCodeAt(text, index);
    if (code > 0x7f) bytes += code > 0x7ff && !(code >= 0xd800 && code <= 0xdfff) ? 2 : 1;
  }
  return bytes;
}
