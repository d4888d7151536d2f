import { posix } from "node:path";
import { InvalidCodeError } from "../base/errors.ts";
import type { PackEntry } from "./pack.ts";

/** Bytes of all files of a function with its layers, unpacked; Lambda's limit of 250 MB. */
export const UNPACKED_LIMIT_BYTES = 262_144_000;

/** Files and links of a function with its layers. */
export const ENTRY_LIMIT = 100_000;

/** Longest path, in characters. */
const PATH_LIMIT = 1_024;

/** Symbolic links followed one after another. */
const LINK_LIMIT = 40;

/** The files of an artifact and its layers as the guest will see them, checked as they are added. */
export class ArtifactFiles {
  readonly #subject: string;
  readonly #entries = new Map<string, PackEntry>();
  #sizeBytes = 0;

  /** `subject` is how messages name the function. */
  constructor(subject: string) {
    this.#subject = subject;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The contents of a file, links followed. */
  read(path: string): Uint8Array | undefined {
    const entry = this.#entries.get(this.#follow(path));
    return entry && "bytes" in entry ? entry.bytes : undefined;
  }

  /** Takes a file in, over one of an earlier layer. */
  addFile(path: string, bytes: Uint8Array): void {
    this.#add({ path, bytes });
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > UNPACKED_LIMIT_BYTES) {
      throw this.refusal(
        `the unpacked files have more bytes than the limit of ${UNPACKED_LIMIT_BYTES} (Lambda's), layers included. ` +
          `Leave out what isn't needed at run time, such as development dependencies.`,
      );
    }
  }

  /** Takes a symbolic link in; its target must lie under `root`. */
  addLink(path: string, to: string, root: string): void {
    const target = posix.resolve(posix.dirname(path), to);
    if (target !== root && !target.startsWith(`${root}/`)) {
      throw this.refusal(
        `the symbolic link ${path} leads to ${JSON.stringify(to)}, outside of the artifact. ` +
          `Copy what it leads to into the artifact; npm does so with --install-links.`,
      );
    }
    this.#add({ path, target });
  }

  /** Everything, in the order of the paths. */
  list(): readonly PackEntry[] {
    this.#checkFolders();
    return [...this.#entries.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  refusal(what: string, cause?: unknown): InvalidCodeError {
    return new InvalidCodeError(`${this.#subject}: ${what}`, "InvalidParameterValueException", cause);
  }

  #add(entry: PackEntry): void {
    const { path } = entry;
    if (path.length > PATH_LIMIT) {
      throw this.refusal(`the path ${path.slice(0, 60)}… is longer than ${PATH_LIMIT} characters.`);
    }
    const before = this.#entries.get(path);
    if (before && "bytes" in before) this.#sizeBytes -= before.bytes.length;
    this.#entries.set(path, entry);
    if (this.#entries.size > ENTRY_LIMIT) {
      throw this.refusal(`there are more files than the limit of ${ENTRY_LIMIT}, layers included.`);
    }
  }

  /** Nothing may lie beneath a file or a link, where it would be another file than its path says. */
  #checkFolders(): void {
    const checked = new Set<string>();
    for (const { path } of this.#entries.values()) {
      for (let folder = posix.dirname(path); !checked.has(folder); folder = posix.dirname(folder)) {
        checked.add(folder);
        if (this.#entries.has(folder))
          throw this.refusal(`${path} lies beneath ${folder}, which is no folder.`);
      }
    }
  }

  #follow(path: string): string {
    let current = path;
    for (let followed = 0; followed < LINK_LIMIT; followed++) {
      const link = this.#linkOn(current);
      if (!link) return current;
      current = link.target + current.slice(link.path.length);
    }
    return "";
  }

  #linkOn(path: string): { readonly path: string; readonly target: string } | undefined {
    for (let end = path.indexOf("/", 1); ; end = path.indexOf("/", end + 1)) {
      const entry = this.#entries.get(end < 0 ? path : path.slice(0, end));
      if (entry && "target" in entry) return entry;
      if (end < 0) return undefined;
    }
  }
}
