import type { Deadline, Deadlines } from "../base/deadlines.ts";
import type { BindingCaller } from "../functions/binding.ts";
import { SHORT_TEXT_CHARS } from "../invocation/chunked-reader.ts";
import { ResultReader } from "../invocation/result-reader.ts";
import { ArgumentStreams, PIECES_AHEAD } from "./argument-stream.ts";
import { methodOf } from "./bindings.ts";
import type { Bindings, OfferedBinding } from "./bindings.ts";
import type { Caller } from "./calls.ts";
import { denial } from "./denial.ts";
import { CallFailure, failureReply } from "./operations.ts";
import type { Answer, Operation, Served } from "./operations.ts";
import type { PermissionLedger } from "./permission-ledger.ts";

/** Longest message of a method's error, in characters. */
const MESSAGE_LENGTH = 8_192;

/** What bindings are called with. */
export interface BindingCallParts {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly granted: true | readonly string[];
  readonly ledger: PermissionLedger;
  readonly bindings: Bindings;
  readonly deadlines: Deadlines;
  /** Most bytes of the arguments, of a result, and of each piece of a stream. */
  readonly limitBytes: number;
}

/**
 * `binding.call` of one environment: `name.method`, a space and the places of streams in a line, and the arguments as JSON
 * text. The answer is `=` and JSON
 * text, `b` and bytes, or nothing; of a stream a part `~` and then its pieces as parts, each by a `~1` made room for.
 */
export function bindingCalls(parts: BindingCallParts, caller: Caller): Operation {
  return (argument, answer) => {
    const cut = argument.indexOf("\n");
    const [path = "", places = ""] = argument.slice(0, Math.max(0, cut)).split(" ", 2);
    const [name = "", method = ""] = path.split(".", 2);
    check(parts, name, method);
    const offered = parts.bindings.find(name);
    if (!offered) {
      throw new CallFailure("ReferenceError", `The host offers no binding "${name}".`, "ERR_NO_BINDING");
    }
    return new BindingCall(parts, caller, offered, answer, places).start(method, argument.slice(cut + 1));
  };
}

function check({ granted, functionName, ledger }: BindingCallParts, name: string, method: string): void {
  const entry = `${name}.${method}`.slice(0, 130);
  const need = { permission: "bindings", detail: entry, entry } as const;
  if (granted === true || granted.includes(name) || granted.includes(entry)) return ledger.used(need);
  ledger.denied(need);
  throw denial(
    `Function "${functionName}" may not call the binding ${entry}`,
    `permissions: { bindings: ["${entry}"] }`,
  );
}

/** One call of a method. */
class BindingCall implements Served {
  readonly #parts: BindingCallParts;
  readonly #caller: Caller;
  readonly #offered: OfferedBinding;
  readonly #answer: Answer;
  readonly #aborter = new AbortController();
  readonly #revoke: () => void;
  readonly #given: ArgumentStreams;
  #deadline: Deadline | undefined;
  #isOver = false;
  #room = PIECES_AHEAD;
  #hasRoom: (() => void) | undefined;

  constructor(
    parts: BindingCallParts,
    caller: Caller,
    offered: OfferedBinding,
    answer: Answer,
    places: string,
  ) {
    this.#given = new ArgumentStreams(places, (text) => this.#isOver || answer(0, text));
    this.#parts = parts;
    this.#caller = caller;
    this.#offered = offered;
    this.#answer = answer;
    this.#revoke = () => {
      const message = `The binding "${offered.name}" was revoked.`;
      this.#fail(new CallFailure("NotAllowedError", message, "ERR_BINDING_REVOKED"));
    };
  }

  start(method: string, args: string): this {
    const { name, timeoutMs, calls } = this.#offered;
    const { limitBytes } = this.#parts;
    if (Buffer.byteLength(args) > limitBytes) throw tooLong(`The arguments of ${name}.${method}`, limitBytes);
    calls.add(this.#revoke);
    this.#deadline = this.#parts.deadlines.set(timeoutMs, () => {
      const message = `${name}.${method} took longer than its binding's timeoutMs of ${timeoutMs} ms.`;
      this.#fail(new CallFailure("TimeoutError", message, "ETIMEDOUT"));
    });
    this.#run(method, args).catch((error: unknown) => this.#fail(toFailure(error)));
    return this;
  }

  more(text: string): void {
    if (this.#isOver) return;
    if (text.startsWith("s")) return this.#take(text);
    if (text !== "~1" || this.#room >= PIECES_AHEAD) return;
    this.#room++;
    this.#hasRoom?.();
  }

  end(): void {
    this.#finish(() => undefined);
  }

  #take(text: string): void {
    try {
      this.#given.take(text);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #run(method: string, args: string): Promise<void> {
    // Later, as every reply; and the guest may be gone by then.
    const values = await readArguments(args);
    if (this.#isOver) return;
    this.#given.fill(values);
    const { name, binding } = this.#offered;
    const target =
      typeof binding === "function" ? (binding as (who: BindingCaller) => object)(this.#who()) : binding;
    const called = methodOf(target, method);
    if (!called) {
      throw new CallFailure("TypeError", `The binding "${name}" has no method "${method}".`, "ERR_NO_METHOD");
    }
    const result: unknown = await Reflect.apply(called, target, values);
    if (isStream(result)) await this.#stream(method, result);
    else {
      const text = this.#textOf(method, result);
      this.#finish(() => this.#answer(1, text));
    }
  }

  async #stream(method: string, stream: AsyncIterable<unknown>): Promise<void> {
    const iterator = stream[Symbol.asyncIterator]();
    try {
      if (this.#isOver) return;
      if (this.#deadline) this.#parts.deadlines.cancel(this.#deadline);
      this.#answer(0, "~");
      const { signal } = this.#aborter;
      // What waits for a piece that never comes must not wait for ever.
      const ended = new Promise<undefined>((resolve) => {
        signal.addEventListener("abort", () => resolve(undefined), { once: true });
      });
      for (;;) {
        const next = await Promise.race([iterator.next(), ended]);
        if (!next || signal.aborted) return;
        if (next.done === true) break;
        this.#answer(0, this.#textOf(method, next.value));
        if (--this.#room === 0) await Promise.race([this.#makesRoom(), ended]);
      }
      this.#finish(() => this.#answer(1, ""));
    } finally {
      // Not waited for: a generator that is busy ends when it is done with that.
      if (this.#aborter.signal.aborted) iterator.return?.().catch(() => undefined);
    }
  }

  #makesRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.#hasRoom = resolve;
    });
  }

  #textOf(method: string, value: unknown): string {
    const what = `What ${this.#offered.name}.${method} gives`;
    const text = writeValue(value, what);
    const { limitBytes } = this.#parts;
    if (text.length > limitBytes || Buffer.byteLength(text) > 2 * limitBytes) throw tooLong(what, limitBytes);
    return text;
  }

  #who(): BindingCaller {
    const { functionName, functionVersion } = this.#parts;
    const running = this.#caller.running();
    const tenant = running[0]?.tenant;
    if (running.some((request) => request.tenant !== tenant)) {
      const message =
        "The environment runs invocations of several tenants, so whose call this is is not known: " +
        "set environmentConcurrency to 1, or isolation to process-per-tenant.";
      throw new CallFailure("Error", message, "ERR_INVALID_STATE");
    }
    return { functionName, functionVersion, tenant, signal: this.#aborter.signal };
  }

  #fail(error: unknown): void {
    this.#finish(() => this.#answer(2, failureReply(error)));
  }

  #finish(say: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#offered.calls.delete(this.#revoke);
    if (this.#deadline) this.#parts.deadlines.cancel(this.#deadline);
    this.#aborter.abort();
    say();
    this.#given.close();
  }
}

/** Reads long arguments in turns with everything else that the host does. */
const reader = new ResultReader();

async function readArguments(text: string): Promise<unknown[]> {
  try {
    const values: unknown = text.length > SHORT_TEXT_CHARS ? await reader.read(text) : JSON.parse(text);
    await Promise.resolve();
    if (Array.isArray(values)) return values as unknown[];
  } catch {
    // Said below.
  }
  throw new CallFailure(
    "TypeError",
    "The arguments of a binding are a list in JSON.",
    "ERR_INVALID_ARG_VALUE",
  );
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function writeValue(value: unknown, what: string): string {
  if (value === undefined) return "";
  if (value instanceof Uint8Array) {
    return `b${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1")}`;
  }
  let text: unknown;
  try {
    text = JSON.stringify(value);
  } catch {
    // Said below.
  }
  if (typeof text === "string") return `=${text}`;
  throw new CallFailure("TypeError", `${what} can't be written as JSON.`, "ERR_INVALID_RETURN_VALUE");
}

/** An error of a method's crosses by its name, message and code; its stack and everything else stay here. */
function toFailure(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error;
  if (!(error instanceof Error)) return new CallFailure("Error", "A binding's method failed.");
  const { name, message, code } = error as { name: unknown; message: unknown; code?: unknown };
  return new CallFailure(
    String(name).slice(0, 64),
    String(message).slice(0, MESSAGE_LENGTH),
    typeof code === "string" ? code.slice(0, 64) : undefined,
    { cause: error },
  );
}

function tooLong(what: string, limitBytes: number): CallFailure {
  const message = `${what} is over the engine's payloadLimitBytes of ${limitBytes} bytes.`;
  return new CallFailure("RangeError", message, "ERR_TOO_LONG");
}
