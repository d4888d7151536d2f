import { LOWERED_ROOT, readPack, textIn } from "../../functions/pack.ts";
import type { PackPlace } from "../../functions/pack.ts";

/** Symbolic links followed one after another. */
const LINK_LIMIT = 40;

/** What a path is. */
export type PathKind = "file" | "directory" | "link";

const NONE: ReadonlyMap<string, PathKind> = new Map();

/** The files of a function and its layers, as they lie in its environments. Paths are absolute and normalised. */
export class FileTree {
  readonly #pack: Uint8Array;
  readonly #places: ReadonlyMap<string, PackPlace>;
  readonly #folders = new Map<string, Map<string, PathKind>>([["/", new Map()]]);
  readonly #hasLinks: boolean;

  constructor(pack: Uint8Array) {
    this.#pack = pack;
    this.#places = readPack(pack);
    let hasLinks = false;
    for (const [path, place] of this.#places) {
      const isLink = "target" in place;
      hasLinks ||= isLink;
      if (path.startsWith(LOWERED_ROOT)) continue;
      this.#enter(path, isLink ? "link" : "file");
    }
    this.#hasLinks = hasLinks;
  }

  /** What a path is, links followed; undefined when there is nothing. */
  kind(path: string): "file" | "directory" | undefined {
    const real = this.realPath(path);
    if (this.#places.has(real)) return "file";
    return this.#folders.has(real) ? "directory" : undefined;
  }

  isFile(path: string): boolean {
    return this.kind(path) === "file";
  }

  /** Where a path leads when links are followed; a link that leads nowhere stays. */
  realPath(path: string): string {
    if (!this.#hasLinks) return path;
    let current = path;
    for (let followed = 0; followed < LINK_LIMIT; followed++) {
      const next = this.#followOne(current);
      if (next === undefined) return current;
      current = next;
    }
    return path;
  }

  /** What the link at `path` itself says; undefined when it is none. */
  linkTarget(path: string): string | undefined {
    const place = this.#places.get(path);
    return place && "target" in place ? place.target : undefined;
  }

  /** Bytes of a file; undefined when there is none. */
  sizeBytes(path: string): number | undefined {
    return this.#fileAt(path)?.sizeBytes;
  }

  /** A file as it is compiled. */
  code(path: string): string | undefined {
    return this.text(LOWERED_ROOT + path) ?? this.text(path);
  }

  text(path: string): string | undefined {
    const file = this.#fileAt(path);
    return file && textIn(this.#pack, file.offset, file.sizeBytes);
  }

  /** A view of a file's contents, not to be written to. */
  bytes(path: string): Uint8Array | undefined {
    const file = this.#fileAt(path);
    return file && this.#pack.subarray(file.offset, file.offset + file.sizeBytes);
  }

  /** Names in a folder with what they are. */
  list(path: string): ReadonlyMap<string, PathKind> {
    return this.#folders.get(this.realPath(path)) ?? NONE;
  }

  #fileAt(path: string): { readonly offset: number; readonly sizeBytes: number } | undefined {
    const place = this.#places.get(this.realPath(path));
    return place && "offset" in place ? place : undefined;
  }

  #enter(path: string, kind: PathKind): void {
    const slash = path.lastIndexOf("/");
    const parent = path.slice(0, slash) || "/";
    const known = this.#folders.get(parent);
    if (known) known.set(path.slice(slash + 1), kind);
    else {
      this.#folders.set(parent, new Map([[path.slice(slash + 1), kind]]));
      this.#enter(parent, "directory");
    }
  }

  #followOne(path: string): string | undefined {
    for (let end = path.indexOf("/", 1); ; end = path.indexOf("/", end + 1)) {
      const target = this.linkTarget(end < 0 ? path : path.slice(0, end));
      if (target !== undefined) return end < 0 ? target : target + path.slice(end);
      if (end < 0) return undefined;
    }
  }
}
