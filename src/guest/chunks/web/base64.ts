import { DOMException } from "./dom-exception.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Map<number, number>();
for (let value = 0; value < alphabet.length; value++) values.set(alphabet.charCodeAt(value), value);

function invalidCharacter(message: string): Error {
  return new DOMException(message, "InvalidCharacterError");
}

/** Base64 of a text of bytes, one character each. */
export function btoa(data: unknown): string {
  const text = String(data);
  let result = "";
  for (let index = 0; index < text.length; index += 3) {
    const [a, b, c] = [text.charCodeAt(index), text.charCodeAt(index + 1), text.charCodeAt(index + 2)];
    if (a > 255 || b > 255 || c > 255) throw invalidCharacter("Invalid character");
    // Past the end the code is NaN, which is 0 in what follows.
    result += digit(a >> 2) + digit(((a & 3) << 4) | (b >> 4));
    result += index + 1 < text.length ? digit(((b & 15) << 2) | (c >> 6)) : "=";
    result += index + 2 < text.length ? digit(c & 63) : "=";
  }
  return result;
}

function digit(value: number): string {
  return alphabet.charAt(value);
}

/** Bytes of base64, one character each; white space in it and missing padding are forgiven. */
export function atob(data: unknown): string {
  const text = withoutPadding(String(data).replace(/[\t\n\f\r ]/g, ""));
  let result = "";
  let bits = 0;
  let held = 0;
  for (let index = 0; index < text.length; index++) {
    const value = values.get(text.charCodeAt(index));
    if (value === undefined) throw invalidCharacter("Invalid character");
    bits = ((bits << 6) | value) & 0xfff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    result += String.fromCharCode((bits >> held) & 255);
  }
  return result;
}

function withoutPadding(text: string): string {
  const bare = text.length % 4 === 0 ? text.replace(/==?$/, "") : text;
  if (bare.length % 4 === 1) throw invalidCharacter("The string to be decoded is not correctly encoded.");
  return bare;
}
