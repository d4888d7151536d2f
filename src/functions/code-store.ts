import { createHash, randomUUID } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BYTES_PER_MB } from "../base/sizes.ts";
import { InvalidOptionError } from "../base/errors.ts";

/** Begins every entry; another form gets another mark. */
const MARK = "isolet-cache-1\n";

const HASH_BYTES = 32;

/** How old the note of an entry's last use may be. */
const NOTED_MS = 60_000;

/** Unfinished files of writers that were killed are removed when they are this old. */
const ABANDONED_MS = 3_600_000;

/** Share of the limit that is left when the least recently used entries have been removed. */
const KEPT_SHARE = 0.8;

/** Others may write there. */
const OTHERS_WRITE = 0o022;

/**
 * A folder of what was computed from contents, by the hash of everything that it follows from. Any number of engines and
 * processes may use one at a time: an entry is written aside and then renamed, so that it is there whole or not at all, and
 * one that isn't whole after all is known by its hash, and is written anew. Its size is bounded: the least recently
 * used entries go first.
 *
 * Who can write there decides what functions run. The folder must therefore belong to the user who runs the program, and
 * nobody else may have the right to write there.
 */
export class CodeStore {
  readonly #folder: string;
  readonly #limitBytes: number;
  /** What is known of the size; undefined before the first look. */
  #sizeBytes: number | undefined;
  #trimming: Promise<void> | undefined;

  /** Makes the folder if it isn't there. @throws InvalidOptionError when it can't be used, or others may write there. */
  constructor(directory: string, limitMb: number) {
    this.#folder = directory.startsWith("file:") ? fileURLToPath(directory) : resolve(directory);
    this.#limitBytes = limitMb * BYTES_PER_MB;
    const problem = problemOf(this.#folder);
    if (problem !== undefined)
      throw new InvalidOptionError("Engine", "cacheDirectory", directory, problem, "INVALID_OPTION");
  }

  /** The key of something that follows from all of `parts`. */
  static keyOf(...parts: readonly (string | Uint8Array)[]): string {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
    return hash.digest("hex");
  }

  /** The entry of that key; nothing when there is none that is whole. */
  async get(key: string): Promise<Buffer | undefined> {
    const path = this.#pathOf(key);
    const entry = await readFile(path).catch(() => undefined);
    if (!entry) return undefined;
    const content = contentOf(key, entry);
    if (content) await this.#used(path);
    else await rm(path, { force: true }).catch(() => undefined);
    return content;
  }

  /** Keeps an entry. That the disk is full, say, is nobody's concern: it will be computed again. */
  async put(key: string, content: Uint8Array): Promise<void> {
    if (content.length > this.#limitBytes * KEPT_SHARE) return;
    const path = this.#pathOf(key);
    const aside = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(aside, Buffer.concat([Buffer.from(MARK), hashOf(key, content), content]), {
        mode: 0o600,
      });
      await rename(aside, path);
    } catch {
      await rm(aside, { force: true }).catch(() => undefined);
      return;
    }
    if (this.#sizeBytes !== undefined) this.#sizeBytes += content.length;
    if (this.#sizeBytes === undefined || this.#sizeBytes > this.#limitBytes) await this.#trim();
  }

  #pathOf(key: string): string {
    return join(this.#folder, key.slice(0, 2), key);
  }

  async #used(path: string): Promise<void> {
    try {
      const nowMs = Date.now();
      if (nowMs - (await stat(path)).mtimeMs > NOTED_MS) await utimes(path, nowMs / 1000, nowMs / 1000);
    } catch {
      // Another has removed it.
    }
  }

  #trim(): Promise<void> {
    this.#trimming ??= this.#trimNow().finally(() => {
      this.#trimming = undefined;
    });
    return this.#trimming;
  }

  async #trimNow(): Promise<void> {
    const files = await this.#list();
    let sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const leastMs = Date.now() - ABANDONED_MS;
    const isOver = sizeBytes > this.#limitBytes;
    for (const { path, sizeBytes: bytes, usedMs } of files.toSorted((a, b) => a.usedMs - b.usedMs)) {
      const isAbandoned = path.endsWith(".tmp") && usedMs < leastMs;
      if (!isAbandoned && (!isOver || sizeBytes <= this.#limitBytes * KEPT_SHARE)) continue;
      await rm(path, { force: true }).catch(() => undefined);
      sizeBytes -= bytes;
    }
    this.#sizeBytes = sizeBytes;
  }

  async #list(): Promise<StoredFile[]> {
    const found = await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const looked = await Promise.all(
      files.map(async (path): Promise<StoredFile | undefined> => {
        const seen = await stat(path).catch(() => undefined);
        return seen && { path, sizeBytes: seen.size, usedMs: seen.mtimeMs };
      }),
    );
    return looked.filter((file) => file !== undefined);
  }
}

interface StoredFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedMs: number;
}

/** The key is hashed as well, so that an entry in the place of another is none. */
function hashOf(key: string, content: Uint8Array): Buffer {
  return createHash("sha256").update(key).update(content).digest();
}

function contentOf(key: string, entry: Buffer): Buffer | undefined {
  const start = MARK.length + HASH_BYTES;
  if (entry.length < start || entry.toString("latin1", 0, MARK.length) !== MARK) return undefined;
  const content = entry.subarray(start);
  return hashOf(key, content).equals(entry.subarray(MARK.length, start)) ? content : undefined;
}

/** What is allowed in the place of this folder; nothing when it is in order. */
function problemOf(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const seen = lstatSync(folder);
    if (!seen.isDirectory()) return "the path of a folder, not of a link or a file";
    if (process.getuid === undefined) return undefined;
    if (seen.uid !== process.getuid()) return "a folder that belongs to the user who runs this program";
    if ((seen.mode & OTHERS_WRITE) !== 0)
      return `a folder that nobody else can write to (chmod go-w ${folder}): what lies there is run`;
    return undefined;
  } catch (error) {
    return `a folder that can be made and read (${error instanceof Error ? error.message : String(error)})`;
  }
}
