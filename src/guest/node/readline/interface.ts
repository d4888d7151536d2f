/** `readline.Interface`: lines of a stream. Nothing of it is a terminal. */
import EventEmitter from "node:events";
import { StringDecoder } from "node:string_decoder";
import { AbortError, invalidArgType, nodeError } from "../shared/errors.ts";
import { requireFunction, requireString, type Signal } from "../shared/validate.ts";

interface Input {
  on(event: string, listener: (...args: never[]) => void): unknown;
  removeListener(event: string, listener: (...args: never[]) => void): unknown;
  pause?(): unknown;
  resume?(): unknown;
}

interface Output {
  write(text: string): unknown;
}

export interface InterfaceOptions {
  readonly input?: Input;
  readonly output?: Output | null;
  readonly prompt?: string;
  readonly crlfDelay?: number;
  readonly signal?: Signal;
  readonly terminal?: boolean;
}

type Answer = (line: string) => void;

const LINE_END = /\r\n|\n|\r(?!$)|\u2028|\u2029/;

export class Interface extends EventEmitter {
  readonly terminal: boolean = false;
  readonly input: Input;
  readonly output: Output | null | undefined;
  line: string = "";
  cursor: number = 0;
  closed: boolean = false;
  #prompt: string;
  #rest = "";
  #answer: Answer | undefined;
  readonly #decoder = new StringDecoder("utf8");
  readonly #onData = (chunk: string | Buffer): void =>
    this.#take(typeof chunk === "string" ? chunk : this.#decoder.write(chunk));
  readonly #onEnd = (): void => this.#finish();
  readonly #onError = (error: Error): void => void this.emit("error", error);

  constructor(given: InterfaceOptions | Input, output?: Output) {
    super();
    const options: InterfaceOptions =
      "input" in given ? given : { input: given as Input, ...(output && { output }) };
    const { input, prompt = "> ", signal } = options;
    if (typeof input?.on !== "function") throw invalidArgType("input", "Stream", input);
    this.input = input;
    this.output = options.output ?? output;
    this.#prompt = prompt;
    if (signal?.aborted) {
      process.nextTick(() => this.close());
    } else signal?.addEventListener("abort", () => this.close(), { once: true });
    input.on("error", this.#onError);
    input.on("data", this.#onData);
    input.on("end", this.#onEnd);
    input.resume?.();
  }

  getPrompt(): string {
    return this.#prompt;
  }

  setPrompt(prompt: string): void {
    this.#prompt = prompt;
  }

  prompt(): void {
    this.resume();
    this.output?.write(this.#prompt);
  }

  question(query: string, options: unknown, answer?: unknown): void {
    const given = typeof options === "function" ? options : answer;
    requireFunction(given, "cb");
    if (this.closed) throw nodeError(Error, "ERR_USE_AFTER_CLOSE", "readline was closed");
    if (this.#answer) {
      this.prompt();
      return;
    }
    this.output?.write(query);
    this.#answer = given;
    const { signal } = (typeof options === "object" ? options : {}) as { readonly signal?: Signal };
    signal?.addEventListener("abort", () => (this.#answer = undefined), { once: true });
  }

  pause(): this {
    this.input.pause?.();
    this.emit("pause");
    return this;
  }

  resume(): this {
    this.input.resume?.();
    this.emit("resume");
    return this;
  }

  write(data: unknown): void {
    if (this.closed) throw nodeError(Error, "ERR_USE_AFTER_CLOSE", "readline was closed");
    if (data === null || data === undefined) return;
    requireString(data, "data");
    this.#take(data);
  }

  getCursorPos(): { rows: number; cols: number } {
    return { rows: 0, cols: this.cursor };
  }

  close(): void {
    if (this.closed) return;
    this.input.removeListener("data", this.#onData);
    this.input.removeListener("end", this.#onEnd);
    this.input.removeListener("error", this.#onError);
    this.input.pause?.();
    this.closed = true;
    this.emit("close");
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    const lines = EventEmitter.on(this, "line", { close: ["close"], highWaterMark: 1024 });
    for await (const [line] of lines) yield line as string;
  }

  #take(text: string): void {
    if (this.closed) return;
    const lines = (this.#rest + text).split(LINE_END);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#tell(line);
  }

  #tell(line: string): void {
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer) answer(line);
    else this.emit("line", line);
  }

  #finish(): void {
    this.#take(this.#decoder.end());
    const rest = this.#rest.replace(/\r$/, "");
    const isLine = this.#rest !== "";
    this.#rest = "";
    if (isLine) this.#tell(rest);
    this.close();
  }
}

/** An interface whose `question` is a promise. */
export class PromiseInterface extends Interface {
  // As Node's, it takes no callback.
  // eslint-disable-next-line @typescript-eslint/no-misused-promises
  override question(query: string, options: { readonly signal?: Signal } = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      const abort = (): void => reject(new AbortError(undefined, { cause: signal?.reason }));
      if (signal?.aborted) {
        abort();
        return;
      }
      signal?.addEventListener("abort", abort, { once: true });
      try {
        super.question(query, options, resolve);
      } catch (error) {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(error);
      }
    });
  }
}
