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
  promiseThen,
  reflectGet,
  SafePromise,
  settle,
  stringCharCodeAt,
} from "./primordials.ts";

/** An unfinished invocation, in a ring: a Map that grows and shrinks with every invocation costs more than all else here. */
interface Running {
  readonly number: number;
  isFinished: boolean;
  /** Whether the handler gave a promise and so must settle; a plain one that says nothing ends as `null`. */
  mustSettle: boolean;
  /** Result of a callback that waits for the event loop to be empty. */
  waiting: { readonly value: unknown } | undefined;
  previous: Running;
  next: Running;
}

/** The ring's fixed point, an invocation that never was. */
function makeRing(): Running {
  const ring = { number: 0, isFinished: true, mustSettle: false, waiting: undefined } as Running;
  ring.previous = ring;
  ring.next = ring;
  return ring;
}

/** The guest's part of invocations: calls the handler, turns what comes of it into text, and says so once each. */
export class Invocations {
  readonly #host: HostPort;
  readonly #facts: GuestFacts;
  readonly #handler: Handler;
  readonly #callbacksAllowed: boolean;
  readonly #ring: Running = makeRing();
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
    const running = this.#add(number);
    try {
      const extras = parseExtras(extrasText);
      const event = jsonParse(payload);
      const completion = this.#callbacksAllowed ? this.#completion(running) : undefined;
      const legacy = completion && makeLegacy(completion);
      const context = makeContext(this.#facts, requestId, deadlineMs, extras, legacy);
      const { call } = this.#handler;
      const result = legacy ? call(event, context, legacy.callback) : call(event, context);
      this.#follow(running, result);
    } catch (thrown) {
      this.#fail(running, thrown);
    }
  }

  /** Nothing is left to happen: what has not ended by now never will. */
  idle(): void {
    for (let running = this.#ring.next; running !== this.#ring; running = running.next) {
      if (running.waiting) this.#succeed(running, running.waiting.value);
      else if (running.mustSettle) this.#neverSettled(running);
      else this.#succeed(running, null);
    }
  }

  #follow(running: Running, result: unknown): void {
    // With callbacks, only a promise is an answer; the client without them awaits whatever the handler gives.
    if (this.#callbacksAllowed && !isPromiseLike(result)) return;
    running.mustSettle = this.#handler.isAsync || !this.#callbacksAllowed;
    const onFulfilled = (value: unknown): void => this.#succeed(running, value);
    const onRejected = (reason: unknown): void => this.#fail(running, reason);
    if (isInstance(SafePromise, result))
      void promiseThen(result as Promise<unknown>, onFulfilled, onRejected);
    else settle(result, onFulfilled, onRejected);
  }

  #completion(running: Running): Completion {
    return {
      succeed: (value) => this.#succeed(running, value),
      fail: (reason) => this.#fail(running, reason),
      callback: (value) => {
        running.waiting = { value };
      },
    };
  }

  #succeed(running: Running, value: unknown): void {
    if (running.isFinished) return;
    let text: string | undefined;
    try {
      text = jsonStringify(value === undefined ? null : value);
    } catch {
      // As Lambda's client: whatever went wrong in there, the user learns only that it did.
    }
    if (text === undefined) this.#fail(running, unwritable(this.#callbacksAllowed));
    else if (isOverLimit(text, this.#facts.responseLimitBytes)) this.#tooLarge(running, text);
    else this.#finish(running, GuestMessage.Succeeded, text);
  }

  #fail(running: Running, thrown: unknown): void {
    // `process.exit` unwinds by throwing: the cell ends the environment and says how the invocation ended.
    if (this.#isExitUnwind(thrown)) return;
    this.#finish(running, GuestMessage.Failed, failureText(thrown));
  }

  #neverSettled(running: Running): void {
    this.#fail(
      running,
      new RuntimeFailure(
        "Runtime.NodeJsExit",
        "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes",
      ),
    );
  }

  #tooLarge(running: Running, text: string): void {
    const size = utf8Length(text);
    const limit = this.#facts.responseLimitBytes;
    const message = `Response payload size (${size} bytes) exceeded maximum allowed payload size (${limit} bytes).`;
    this.#finish(running, GuestMessage.Failed, errorText("Function.ResponseSizeTooLarge", message));
  }

  #add(number: number): Running {
    const ring = this.#ring;
    const { previous } = ring;
    const running: Running = {
      number,
      isFinished: false,
      mustSettle: false,
      waiting: undefined,
      previous,
      next: ring,
    };
    previous.next = running;
    ring.previous = running;
    return running;
  }

  #finish(running: Running, kind: number, text: string): void {
    if (running.isFinished) return;
    running.isFinished = true;
    running.previous.next = running.next;
    running.next.previous = running.previous;
    this.#host.send(kind, running.number, text);
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
