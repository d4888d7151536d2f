/** Bytes as the texts that cross to the cell: one Latin-1 character each. */

/** As many as `apply` takes arguments without fear for the stack. */
const STRIDE = 8_192;

/** Spread would go through an iterator. */
const fromCharCodes = String.fromCharCode.apply.bind(String.fromCharCode, null) as unknown as (
  codes: Uint8Array,
) => string;

export function textOfBytes(bytes: Uint8Array): string {
  if (bytes.length <= STRIDE) return fromCharCodes(bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += STRIDE) {
    text += fromCharCodes(bytes.subarray(at, at + STRIDE));
  }
  return text;
}

export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** The bytes of a view or buffer, shared with it; nothing when it is neither. */
export function viewOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return isBuffer(value) ? new Uint8Array(value) : undefined;
}

const byteLengthOf = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get;

function isBuffer(value: unknown): value is ArrayBuffer {
  if (typeof value !== "object" || value === null) return false;
  try {
    byteLengthOf?.call(value);
    return true;
  } catch {
    return false;
  }
}
