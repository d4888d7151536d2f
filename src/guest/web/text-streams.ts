/** `TextEncoderStream` and `TextDecoderStream`. */
import { defineInterface } from "../chunks/web/interface.ts";

class TextEncoderStream {
  readonly #encoder = new TextEncoder();
  readonly #transform: TransformStream<unknown, Uint8Array>;

  constructor() {
    const encoder = this.#encoder;
    /** The first half of a pair whose second half may come with the next chunk. */
    let pending = "";
    this.#transform = new TransformStream({
      transform(chunk, controller) {
        let text = pending + `${chunk as number}`;
        pending = "";
        const last = text.charCodeAt(text.length - 1);
        if (last >= 0xd800 && last <= 0xdbff) {
          pending = text.slice(-1);
          text = text.slice(0, -1);
        }
        if (text !== "") controller.enqueue(encoder.encode(text));
      },
      flush(controller) {
        if (pending !== "") controller.enqueue(encoder.encode(pending));
      },
    });
  }

  get encoding(): string {
    return this.#encoder.encoding;
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#transform.readable;
  }

  get writable(): WritableStream<unknown> {
    return this.#transform.writable;
  }
}

class TextDecoderStream {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  readonly #transform: TransformStream<unknown, string>;

  constructor(label: unknown = "utf-8", options: unknown = {}) {
    const decoder = new TextDecoder(label as string, options as object);
    this.#decoder = decoder;
    this.#transform = new TransformStream({
      transform(chunk, controller) {
        const text = decoder.decode(bufferSource(chunk), { stream: true });
        if (text !== "") controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== "") controller.enqueue(text);
      },
    });
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }

  get fatal(): boolean {
    return this.#decoder.fatal;
  }

  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }

  get readable(): ReadableStream<string> {
    return this.#transform.readable;
  }

  get writable(): WritableStream<unknown> {
    return this.#transform.writable;
  }
}

/** `decode` without an argument ends; here a chunk must be there. */
function bufferSource(chunk: unknown): Uint8Array {
  if (typeof chunk === "object" && chunk !== null) return chunk as Uint8Array;
  throw Object.assign(new TypeError("A chunk must be an ArrayBuffer or a view of one."), {
    code: "ERR_INVALID_ARG_TYPE",
  });
}

defineInterface(TextEncoderStream, "TextEncoderStream", ["encoding", "readable", "writable"]);
defineInterface(TextDecoderStream, "TextDecoderStream", [
  ...["encoding", "fatal", "ignoreBOM"],
  ...["readable", "writable"],
]);

export function create(): object {
  return { TextEncoderStream, TextDecoderStream };
}
