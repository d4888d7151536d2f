import { EngineClosedError } from "../base/errors.ts";
import { SHORT_TEXT_CHARS } from "../invocation/chunked-reader.ts";
import { malformedEvent, malformedResponse, UNMARSHAL_ERROR } from "../invocation/failures.ts";
import type { Completion } from "../invocation/invocation.ts";
import { ResultReader } from "../invocation/result-reader.ts";

/** A completion, and what its text says. */
export interface Answered extends Completion {
  readonly payload?: unknown;
}

/** Reads what completions and payloads say, the long ones in turns with everything else that the host does. */
export class Readings {
  readonly #reader = new ResultReader();

  /** Reads a result, before it is metered: what can't be read is a failure. A promise for long ones only. */
  read(completion: Completion): Answered | Promise<Answered> {
    const { outcome, text, durationMs, cpuMs } = completion;
    if (text.length > SHORT_TEXT_CHARS) return this.#readLong(completion);
    try {
      const payload: unknown = JSON.parse(text);
      // By name, since that is faster and nearly every invocation comes by here.
      if (completion.bytesOut === undefined) return { outcome, text, durationMs, cpuMs, payload };
      return { ...completion, payload };
    } catch (error) {
      return unreadable(completion, error);
    }
  }

  /**
   * Whose fault it is that an invocation given as text did not succeed. That a text isn't JSON is found out in the guest,
   * which nobody has to believe: it is looked at here then, and only then.
   */
  judge(completion: Completion, payloadText: string): Completion | Promise<Completion> {
    return completion.error?.errorType === UNMARSHAL_ERROR
      ? this.#verify(completion, payloadText)
      : completion;
  }

  /** Rejects with `InvalidPayloadError` for text that isn't JSON, as far as it can be told here. */
  async check(payloadText: string): Promise<void> {
    const why = await this.#whyNotJson(payloadText);
    if (why instanceof SyntaxError) throw malformedEvent(why);
    if (why instanceof EngineClosedError) throw why;
  }

  /** Resolves when nothing is being read. */
  idle(): Promise<void> {
    return this.#reader.idle();
  }

  /** What is being read is lost. */
  close(): void {
    this.#reader.end(new EngineClosedError());
  }

  async #readLong(completion: Completion): Promise<Answered> {
    try {
      return { ...completion, payload: await this.#reader.read(completion.text) };
    } catch (error) {
      return error instanceof EngineClosedError ? lost(completion, error) : unreadable(completion, error);
    }
  }

  async #verify(completion: Completion, payloadText: string): Promise<Completion> {
    const why = await this.#whyNotJson(payloadText);
    if (why instanceof EngineClosedError) return lost(completion, why);
    return why instanceof SyntaxError ? { ...completion, fault: malformedEvent(why) } : completion;
  }

  /** Undefined for JSON. What nests too deep can't be told from it, and is an error of its own. */
  async #whyNotJson(text: string): Promise<unknown> {
    try {
      if (text.length > SHORT_TEXT_CHARS) await this.#reader.read(text);
      else JSON.parse(text);
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

function lost(completion: Completion, fault: EngineClosedError): Completion {
  return { ...completion, outcome: "lost", text: "", fault };
}

function unreadable({ durationMs, cpuMs }: Completion, why: unknown): Completion {
  return { outcome: "failed", text: "", error: malformedResponse(why), durationMs, cpuMs };
}
