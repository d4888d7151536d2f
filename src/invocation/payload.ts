import { describeValue, InvalidPayloadError, PayloadTooLargeError } from "../base/errors.ts";

/** Lambda's limit on a request and on a response, in bytes: 6 MiB. */
export const DEFAULT_PAYLOAD_LIMIT_BYTES: number = 6 * 1024 * 1024;

/** A payload as the JSON text that crosses, with its size in UTF-8 bytes. */
export interface PayloadText {
  readonly text: string;
  readonly bytes: number;
}

/**
 * Writes a payload as JSON. `undefined` becomes `null`, as an empty Lambda request does.
 * Throws {@link InvalidPayloadError} for what JSON can't hold and {@link PayloadTooLargeError} over the limit.
 */
export function writePayload(payload: unknown, limitBytes: number): PayloadText {
  const text = toJson(payload);
  const bytes = Buffer.byteLength(text);
  if (bytes > limitBytes) throw new PayloadTooLargeError(bytes, limitBytes);
  return { text, bytes };
}

/**
 * Takes a payload that is JSON text already. Whether it is JSON is not looked at.
 * Throws {@link InvalidPayloadError} for half a surrogate pair, which UTF-8 can't carry, and for a payload beside
 * the text; {@link PayloadTooLargeError} over the limit.
 */
export function takePayloadText(payload: unknown, text: string, limitBytes: number): PayloadText {
  if (payload !== undefined) {
    throw new InvalidPayloadError(
      "There are both a payload and a payloadText. Pass undefined as the payload, or leave out payloadText.",
    );
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > limitBytes) throw new PayloadTooLargeError(bytes, limitBytes);
  if (!text.isWellFormed()) {
    throw new InvalidPayloadError(
      "The payloadText has half a surrogate pair, which UTF-8 can't carry. Write it as an escape such as \\ud800, or leave it out.",
    );
  }
  return { text, bytes };
}

function toJson(payload: unknown): string {
  if (payload === undefined) return "null";
  // The library's type leaves out that functions and symbols give undefined.
  let text: unknown;
  try {
    text = JSON.stringify(payload);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : describeValue(cause);
    throw new InvalidPayloadError(
      `The payload can't be written as JSON: ${reason}. Pass JSON-able data only.`,
      cause,
    );
  }
  if (typeof text !== "string") {
    throw new InvalidPayloadError(
      `The payload is a ${typeof payload}, which JSON can't hold. Pass JSON-able data only.`,
    );
  }
  return text;
}
