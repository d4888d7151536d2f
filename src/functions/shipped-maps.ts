import { posix } from "node:path";
import { readPack, textIn } from "./pack.ts";
import type { PackPlace } from "./pack.ts";

/** Bytes of all source maps that are read of one version's files; what comes after them isn't mapped. */
const LIMIT_BYTES = 16_777_216;

/** The last comment of a file that says where its source map is, at most white space behind it. */
const COMMENT = "sourceMappingURL=";

/** What stands in front of a map that is in its file. */
const INLINE = /^data:application\/json(?:;charset=[\w-]+)?(;base64)?,/i;

/** A source map and where it lies, which its sources are relative to. */
export interface ShippedMap {
  readonly text: string;
  readonly place: string;
}

/** The source maps that an artifact and its layers were shipped with, as tsc and bundlers write them; read when asked for. */
export class ShippedMaps {
  readonly #pack: Uint8Array;
  #places: ReadonlyMap<string, PackPlace> | undefined;
  #bytesLeft = LIMIT_BYTES;

  constructor(pack: Uint8Array) {
    this.#pack = pack;
  }

  /** Whether there is a file of that name. */
  has(path: string): boolean {
    return this.#placeOf(path) !== undefined;
  }

  /** The map of the file at `path`; undefined when it has none that can be read. */
  of(path: string): ShippedMap | undefined {
    const url = mapUrlIn(this.#text(path) ?? "");
    if (url === undefined) return undefined;
    const inline = INLINE.exec(url);
    if (inline) return this.#inline(url.slice(inline[0].length), inline[1] !== undefined, path);
    // Elsewhere: nothing is fetched.
    if (/^[a-z][\w+.-]*:/i.test(url) && !url.startsWith("file://")) return undefined;
    const place = posix.resolve(posix.dirname(path), decoded(url.replace(/^file:\/\//, "")));
    const text = this.#text(place, this.#bytesLeft);
    if (text === undefined) return undefined;
    this.#bytesLeft -= text.length;
    return { text, place };
  }

  #inline(body: string, isBase64: boolean, place: string): ShippedMap | undefined {
    if (body.length > this.#bytesLeft) return undefined;
    this.#bytesLeft -= body.length;
    return { text: isBase64 ? Buffer.from(body, "base64").toString("utf8") : decoded(body), place };
  }

  #text(path: string, limitBytes = Number.POSITIVE_INFINITY): string | undefined {
    const place = this.#placeOf(path);
    if (!place || "target" in place || place.sizeBytes > limitBytes) return undefined;
    return textIn(this.#pack, place.offset, place.sizeBytes);
  }

  #placeOf(path: string): PackPlace | undefined {
    return (this.#places ??= readPack(this.#pack)).get(path);
  }
}

/** Of the last comment, as Node takes it. */
function mapUrlIn(text: string): string | undefined {
  const at = text.lastIndexOf(COMMENT);
  if (at < 0 || !/\/[/*][#@][ \t]*$/.test(text.slice(Math.max(0, at - 8), at))) return undefined;
  const [url = ""] = /^[^\s'"*]*/.exec(text.slice(at + COMMENT.length)) ?? [];
  return url === "" ? undefined : url;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
