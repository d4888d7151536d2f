import { GuestMessage, LOOK_LIMIT } from "../contract.ts";
import type { GuestFacts } from "../contract.ts";
import { makeContext, makeLegacy, parseEvent, parseExtras } from "./context.ts";
import type { Completion } from "./context.ts";
import { errorText, failureText, RuntimeFailure } from "./failures.ts";
import type { Handler } from "./handler.ts";
import type { HostPort } from "./host.ts";
import type { NextInvocations } from "./next.ts";
import { runStreaming } from "./streamed.ts";
import type { OpenResponse } from "./streamed.ts";
import {
  isInstance,
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

/** What invocations rest on beside their function. */
export interface InvocationParts {
  readonly isExitUnwind: (thrown: unknown) => boolean;
  readonly openResponse: OpenResponse;
  readonly warn: (message: string) => void;
  /** Says that the guest wants to be told of its end, if it has come to. */
  readonly listens: () => void;
}

/** The guest's part of invocations: calls the handler, turns what comes of it into text, and says so once each. */
export class Invocations {
  readonly #host: HostPort;
  readonly #facts: GuestFacts;
  readonly #handler: Handler;
  readonly #callbacksAllowed: boolean;
  readonly #ring: Running = makeRing();
  readonly #parts: InvocationParts;
  readonly #next: NextInvocations;

  constructor(
    host: HostPort,
    facts: GuestFacts,
    handler: Handler,
    parts: InvocationParts,
    next: NextInvocations,
  ) {
    this.#parts = parts;
    this.#next = next;
    this.#host = host;
    this.#facts = facts;
    this.#handler = handler;
    this.#callbacksAllowed = facts.runtime === "nodejs22.x";
  }

  start(number: number, requestId: string, deadlineMs: number, payload: string, extrasText: string): void {
    const running = this.#add(number);
    try {
      const extras = parseExtras(extrasText);
      const event = parseEvent(payload);
      const { stream } = this.#handler;
      if (this.#handler.isStreaming || (stream && extras.streams === true)) {
        const context = makeContext(this.#facts, requestId, deadlineMs, extras, undefined);
        return this.#stream(running, event, context);
      }
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

  #stream(running: Running, event: unknown, context: object): void {
    running.mustSettle = true;
    const { openResponse, warn } = this.#parts;
    runStreaming(openResponse, running.number, this.#handler, event, context, {
      succeed: () => this.#succeed(running, null),
      written: () => {
        running.waiting = { value: null };
      },
      fail: (reason) => this.#fail(running, reason),
      warn,
    });
  }

  #follow(running: Running, result: unknown): void {
    // With callbacks, only a promise is an answer; the client without them awaits whatever the handler gives.
    if (this.#callbacksAllowed && !isPromiseLike(result)) return;
    running.mustSettle = this.#handler.isAsync || !this.#callbacksAllowed;
    // Called by the language itself, with nothing of the user's below them.
    const onFulfilled = (value: unknown): void => this.#succeed(running, value, true);
    const onRejected = (reason: unknown): void => this.#fail(running, reason, true);
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

  #succeed(running: Running, value: unknown, isShallow = false): void {
    if (running.isFinished) return;
    if (
      typeof value === "string" &&
      value.length > LOOK_LIMIT &&
      value.length > this.#facts.responseLimitBytes
    )
      return this.#tooLarge(running, value.length + 2, isShallow);
    let text: string | undefined;
    try {
      text = jsonStringify(value === undefined ? null : value);
    } catch (thrown) {
      if (this.#parts.isExitUnwind(thrown)) return;
      // As Lambda's client: whatever went wrong in there, the user learns only that it did.
    }
    if (text === undefined) this.#fail(running, unwritable(this.#callbacksAllowed), isShallow);
    else if (isOverLimit(text, this.#facts.responseLimitBytes))
      this.#tooLarge(running, utf8Length(text), isShallow);
    else this.#finish(running, GuestMessage.Succeeded, text, isShallow);
  }

  #fail(running: Running, thrown: unknown, isShallow = false): void {
    // `process.exit` unwinds by throwing: the cell ends the environment and says how the invocation ended.
    if (this.#parts.isExitUnwind(thrown)) return;
    this.#finish(running, GuestMessage.Failed, failureText(thrown), isShallow);
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

  #tooLarge(running: Running, size: number, isShallow: boolean): void {
    const limit = this.#facts.responseLimitBytes;
    const message = `Response payload size (${size} bytes) exceeded maximum allowed payload size (${limit} bytes).`;
    const text = errorText("Function.ResponseSizeTooLarge", message);
    this.#finish(running, GuestMessage.Failed, text, isShallow);
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

  #finish(running: Running, kind: number, text: string, isShallow: boolean): void {
    if (running.isFinished) return;
    this.#parts.listens();
    // First, as it fails where recursion has left no stack for it: the invocation is then not over.
    const next = this.#host.send(kind, running.number, text);
    running.isFinished = true;
    running.previous.next = running.next;
    running.next.previous = running.previous;
    if (next !== undefined) this.#next.take(next, isShallow);
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

/**
 * Longest text whose bytes are left to the host to count, which does it in a fiftieth of the time. In UTF-16 units; three
 * bytes are the most that one can take, and a text of more bytes than V8's longest string could not even cross.
 */
const COUNTED_BY_HOST = 178_956_968;

/** Whether it need not cross to be refused. */
function isOverLimit(text: string, limitBytes: number): boolean {
  return text.length > limitBytes || (text.length > COUNTED_BY_HOST && utf8Length(text) > limitBytes);
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = stringCharCodeAt(text, index);
    if (code > 0x7f) bytes += code > 0x7ff && !(code >= 0xd800 && code <= 0xdfff) ? 2 : 1;
  }
  return bytes;
}
