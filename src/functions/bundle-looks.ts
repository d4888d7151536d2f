import { hash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * What was seen where while a bundle was made: the contents of a file, or those of a folder's entries whose names begin
 * with `prefix`. The path is relative to the bundle's root, with slashes; `seen` is a hash, or empty where there was nothing.
 */
export type Look = readonly [path: string, prefix: string | null, seen: string];

/** How long the loop is held at once. Reading without waiting takes a quarter of the time that reading with promises does. */
const SLICE_MS = 4;

/** What changed so short a time before a bundle was begun may have been read before or after the change. */
const SETTLED_MS = 50;

/** The same where a file system notes times in whole seconds. */
const COARSE_SETTLED_MS = 2_000;

const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;

type Kind = "d" | "f" | "l" | "o";

/** What is in a folder. */
interface Listed {
  readonly entries: readonly (readonly [name: string, kind: Kind])[];
  /** The names in lower case: some file systems don't tell them apart. */
  readonly kinds: ReadonlyMap<string, Kind>;
}

/** Looks at files and folders, at each once. */
export class Looks {
  readonly #root: string;
  readonly #files = new Map<string, Buffer | undefined>();
  readonly #folders = new Map<string, Listed | undefined>();
  readonly #taken = new Map<string, Look>();
  /** The latest change of anything seen. */
  #changedMs = Number.NEGATIVE_INFINITY;
  #sliceEndMs = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** All that was looked at. */
  get taken(): readonly Look[] {
    return [...this.#taken.values()];
  }

  /** Whether nothing that was seen had changed since shortly before `startedMs`. */
  isSettled(startedMs: number): boolean {
    return this.#changedMs < startedMs;
  }

  /** To be awaited now and then: lets others have the loop. */
  async breathe(): Promise<void> {
    if (performance.now() < this.#sliceEndMs) return;
    if (this.#sliceEndMs > 0) await nextTurn();
    this.#sliceEndMs = performance.now() + SLICE_MS;
  }

  /** The contents of a file, links followed. */
  file(path: string): Buffer | undefined {
    const content = this.#contentOf(path);
    // What is seen to be missing in its folder need not be seen again.
    if (content || !this.#taken.has(`:${dirname(path)}`)) this.#take(path, null, hashOf(content));
    return content;
  }

  /** Looks at the entries of a folder whose names begin with `prefix`, in either case. */
  folder(path: string, prefix: string): void {
    const begin = prefix.toLowerCase();
    if (this.#taken.has(`${begin}:${path}`)) return;
    this.#take(path, begin, this.#entriesOf(path, begin));
    if (begin === "") this.#noteChange(path);
  }

  /** Whether there is, by the entries of its folder, something at `path` that may be a folder. */
  mayBeFolder(path: string): boolean {
    const kind = this.#list(dirname(path))?.kinds.get(basename(path).toLowerCase());
    return kind !== undefined && kind !== "f";
  }

  /** Whether all that was seen is there as it was. */
  async stillSee(looks: readonly Look[]): Promise<boolean> {
    for (const [path, prefix, seen] of looks) {
      await this.breathe();
      const found = resolve(this.#root, path);
      if ((prefix === null ? hashOf(this.#contentOf(found)) : this.#entriesOf(found, prefix)) !== seen)
        return false;
    }
    return true;
  }

  #take(path: string, prefix: string | null, seen: string): void {
    const place = relative(this.#root, path).replaceAll(sep, "/");
    this.#taken.set(`${prefix ?? ""}${prefix === null ? "" : ":"}${path}`, [place, prefix, seen]);
  }

  #contentOf(path: string): Buffer | undefined {
    if (!this.#files.has(path)) this.#files.set(path, this.#read(path));
    return this.#files.get(path);
  }

  #read(path: string): Buffer | undefined {
    try {
      const found = statSync(path, { bigint: true, throwIfNoEntry: false });
      // What isn't a file may never end.
      if (!found?.isFile()) return undefined;
      this.#noteTime(found.ctimeNs);
      return readFileSync(path);
    } catch {
      return undefined;
    }
  }

  #entriesOf(path: string, prefix: string): string {
    const listed = this.#list(path);
    if (!listed) return "";
    const chosen = listed.entries.filter(([name]) => name.toLowerCase().startsWith(prefix));
    return hashOf(
      Buffer.from(chosen.map(([name, kind]) => this.#describe(path, name, kind, prefix)).join("\n")),
    );
  }

  #list(path: string): Listed | undefined {
    if (!this.#folders.has(path)) this.#folders.set(path, listOf(path));
    return this.#folders.get(path);
  }

  /** A link is what it leads to. */
  #describe(folder: string, name: string, kind: Kind, prefix: string): string {
    const path = join(folder, name);
    if (prefix !== "") this.#noteChange(path);
    if (kind !== "l") return kind + name;
    try {
      this.#noteChange(path);
      const target = realpathSync(path);
      return `${kind}${name}>${statSync(target).isDirectory() ? "d" : "f"}${relative(this.#root, target)}`;
    } catch {
      return `${kind}${name}>`;
    }
  }

  #noteChange(path: string): void {
    const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (found) this.#noteTime(found.ctimeNs);
  }

  #noteTime(changedNs: bigint): void {
    const marginMs = changedNs % NS_PER_SECOND === 0n ? COARSE_SETTLED_MS : SETTLED_MS;
    this.#changedMs = Math.max(this.#changedMs, Number(changedNs / NS_PER_MS) + marginMs);
  }
}

function listOf(path: string): Listed | undefined {
  try {
    const found = readdirSync(path, { withFileTypes: true });
    const entries = found.map((entry): [string, Kind] => [
      entry.name,
      entry.isDirectory() ? "d" : entry.isFile() ? "f" : entry.isSymbolicLink() ? "l" : "o",
    ]);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return { entries, kinds: new Map(entries.map(([name, kind]) => [name.toLowerCase(), kind])) };
  } catch {
    return undefined;
  }
}

function hashOf(content: Buffer | undefined): string {
  return content ? hash("sha256", content, "base64url") : "";
}
