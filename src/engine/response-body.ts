import { PRELUDE_CONTENT_TYPE, PRELUDE_DELIMITER_BYTES } from "../guest/contract.ts";
import type { HttpMetadata } from "../invocation/invocation-stream.ts";
import type { ResponseTaker, ResponseWriter, StreamedKinds } from "../invocation/response-taker.ts";

/** What is known when a response begins. */
export interface ResponseHead {
  readonly contentType: string;
  readonly metadata: HttpMetadata | undefined;
}

/** What ends a prelude. */
const DELIMITER = Buffer.alloc(PRELUDE_DELIMITER_BYTES);

/** Longest prelude in bytes; what goes on for longer is body. */
const PRELUDE_LIMIT_BYTES = 65_536;

/** Holds a response while it comes, for one reader, and keeps the handler from being ahead of it. */
export class ResponseBody implements ResponseTaker {
  readonly streams: StreamedKinds;
  readonly takesWhole: boolean;
  readonly head: Promise<ResponseHead>;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #pieces: Buffer[] = [];
  #heldBytes = 0;
  #contentType: string | undefined;
  #prelude: Buffer | undefined;
  #writer: ResponseWriter | undefined;
  #hasBytes = false;
  #resolveHead!: (head: ResponseHead) => void;
  #wake: (() => void) | undefined;
  #end: { readonly error?: Error } | undefined;
  #isCancelled = false;
  #isTold = false;

  constructor(streams: StreamedKinds, takesWhole: boolean) {
    this.streams = streams;
    this.takesWhole = takesWhole;
    this.head = new Promise((resolve) => {
      this.#resolveHead = resolve;
    });
    this.stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => this.#pull(controller),
        cancel: () => void this.leave(),
      },
      { highWaterMark: 0 },
    );
  }

  /** Whether the handler streams. */
  get hasBegun(): boolean {
    return this.#contentType !== undefined;
  }

  /** Whether it failed before anything of it was known. */
  get hasFailedEarly(): boolean {
    return !this.#hasBytes && this.#end?.error !== undefined;
  }

  get heldBytes(): number {
    return this.#heldBytes + (this.#prelude?.length ?? 0);
  }

  begin(contentType: string, writer: ResponseWriter): void {
    this.#contentType = contentType;
    this.#writer = writer;
    if (this.#isCancelled) writer.gone();
    if (contentType === PRELUDE_CONTENT_TYPE) this.#prelude = Buffer.alloc(0);
    else this.#resolveHead({ contentType, metadata: undefined });
  }

  take(bytes: Buffer): void {
    this.#hasBytes = true;
    if (this.#prelude) this.#takePrelude(bytes);
    else this.#add(bytes);
  }

  end(rest: string): void {
    this.#finish(rest, {});
  }

  /** No more will come, for this reason. */
  fail(error: Error): void {
    this.#finish("", { error });
  }

  /** Nobody waits for it any more. Whether the handler has been told so. */
  leave(): boolean {
    if (this.#isCancelled) return this.#isTold;
    this.#cancel();
    this.#isTold = this.#writer?.gone() ?? false;
    return this.#isTold;
  }

  #finish(rest: string, end: { readonly error?: Error }): void {
    if (this.#end) return;
    if (this.#prelude) this.#flushPrelude(undefined);
    if (!this.hasBegun) this.#resolveHead({ contentType: "application/json", metadata: undefined });
    if (rest !== "") this.#add(Buffer.from(rest));
    this.#end = end;
    this.#wake?.();
  }

  #takePrelude(bytes: Buffer): void {
    const prelude = Buffer.concat([this.#prelude ?? bytes.subarray(0, 0), bytes]);
    this.#prelude = prelude;
    const end = prelude.indexOf(DELIMITER);
    const metadata = end < 0 ? undefined : readMetadata(prelude.toString("utf8", 0, end));
    if (end < 0 && prelude.length < PRELUDE_LIMIT_BYTES) return;
    this.#flushPrelude(metadata, end + DELIMITER.length);
  }

  /** What can't be read is part of the body. */
  #flushPrelude(metadata: HttpMetadata | undefined, length: number = 0): void {
    const prelude = this.#prelude ?? Buffer.alloc(0);
    const bodyAt = metadata ? length : 0;
    this.#prelude = undefined;
    this.#resolveHead({ contentType: contentTypeOf(metadata) ?? this.#contentType ?? "", metadata });
    if (bodyAt > 0) this.#writer?.room(bodyAt);
    if (bodyAt < prelude.length) this.#add(prelude.subarray(bodyAt));
  }

  #add(bytes: Buffer): void {
    if (this.#isCancelled) return this.#writer?.room(bytes.length);
    this.#pieces.push(bytes);
    this.#heldBytes += bytes.length;
    this.#wake?.();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#pieces.length === 0 && !this.#end) await this.#more();
    const piece = this.#pieces.shift();
    if (piece) {
      this.#heldBytes -= piece.length;
      controller.enqueue(piece);
      this.#writer?.room(piece.length);
    } else if (this.#end?.error) controller.error(this.#end.error);
    else if (this.#end) controller.close();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** Nobody reads on: the function goes on, as in Lambda, and what it writes goes nowhere. */
  #cancel(): void {
    this.#isCancelled = true;
    const bytes = this.#heldBytes;
    this.#pieces.length = 0;
    this.#heldBytes = 0;
    this.#wake?.();
    if (bytes > 0) this.#writer?.room(bytes);
  }
}

function readMetadata(text: string): HttpMetadata | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The content type that the metadata's headers name. */
function contentTypeOf(metadata: HttpMetadata | undefined): string | undefined {
  for (const [name, value] of Object.entries<unknown>({ ...metadata?.headers })) {
    if (name.toLowerCase() === "content-type" && typeof value === "string") return value;
  }
  return undefined;
}
