// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- It declares a module and is none.
/// <reference path="./exodus-bytes.d.ts" />
/** All encodings; the tables of those of many bytes a character are loaded when one of these is first used. */
import { setMultibyte } from "@exodus/bytes/fallback/encoding.js";
import { TextDecoder, TextEncoder } from "@exodus/bytes/encoding-lite.js";
import { withCode } from "../runtime/globals/errors.ts";
import { defineInterface, dictionary, requireArguments, text } from "./web/interface.ts";

type MakeDecoder = (encoding: string, loose: boolean) => (bytes: Uint8Array, stream: boolean) => string;

/** Where decoders of several bytes a character come from. */
export function loadLegacyWith(load: () => unknown): void {
  setMultibyte((encoding, loose) =>
    (load() as { readonly createMultibyteDecoder: MakeDecoder }).createMultibyteDecoder(encoding, loose),
  );
}

/** The package's decoder, with its attributes where an interface has them. */
class Decoder {
  readonly #inner: InstanceType<typeof TextDecoder>;

  constructor(label: unknown = "utf-8", options?: unknown) {
    const { fatal, ignoreBOM } = dictionary(options, "options");
    this.#inner = decoderOf(text(label), { fatal: Boolean(fatal), ignoreBOM: Boolean(ignoreBOM) });
  }

  get encoding(): string {
    return this.#inner.encoding;
  }

  get fatal(): boolean {
    return this.#inner.fatal;
  }

  get ignoreBOM(): boolean {
    return this.#inner.ignoreBOM;
  }

  decode(input?: Uint8Array, options?: unknown): string {
    const { stream } = dictionary(options, "options");
    try {
      return this.#inner.decode(input, { stream: Boolean(stream) });
    } catch (error) {
      throw withCode(
        error as Error,
        this.#inner.fatal ? "ERR_ENCODING_INVALID_ENCODED_DATA" : "ERR_INVALID_ARG_TYPE",
      );
    }
  }
}

class Encoder {
  readonly #inner = new TextEncoder();

  get encoding(): string {
    return this.#inner.encoding;
  }

  encode(input?: unknown): Uint8Array {
    return this.#inner.encode(input === undefined ? "" : text(input));
  }

  encodeInto(source: unknown, destination: Uint8Array): { read: number; written: number } {
    requireArguments(arguments.length, 2, "encodeInto");
    return this.#inner.encodeInto(text(source), destination);
  }
}

function decoderOf(
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(label, options);
  } catch {
    const error = new RangeError(`The "${label.slice(0, 64)}" encoding is not supported`);
    throw withCode(error, "ERR_ENCODING_NOT_SUPPORTED");
  }
}

defineInterface(Decoder, "TextDecoder", ["encoding", "fatal", "ignoreBOM", "decode"]);
defineInterface(Encoder, "TextEncoder", ["encoding", "encode", "encodeInto"]);
for (const target of [Decoder, Decoder.prototype.decode, Encoder.prototype.encode]) {
  Object.defineProperty(target, "length", { value: 0, configurable: true });
}

export { Decoder as TextDecoder, Encoder as TextEncoder };
