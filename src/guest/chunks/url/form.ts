import { utf8toStringLoose } from "@exodus/bytes/utf8.js";

/** One name and value of `application/x-www-form-urlencoded`. */
export type Pair = [name: string, value: string];

export function parseForm(text: string): Pair[] {
  const pairs: Pair[] = [];
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = equals === -1 ? part : part.slice(0, equals);
    pairs.push([decode(name), equals === -1 ? "" : decode(part.slice(equals + 1))]);
  }
  return pairs;
}

export function serializeForm(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
}

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ").toWellFormed();
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return decodeLoose(spaced);
  }
}

/** For a `%` that is no escape, which stays, and for bytes that are no UTF-8, which become U+FFFD. */
function decodeLoose(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (escapes) => {
    const bytes = escapes.slice(1).split("%");
    return utf8toStringLoose(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
  });
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/%20|[!'()~]/g, (match) =>
    match === "%20" ? "+" : `%${match.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
