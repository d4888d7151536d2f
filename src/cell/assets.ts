import { readdirSync, readFileSync } from "node:fs";
import type ivm from "isolated-vm";

/** A script of isolet's own, with the code cache of its first compile. */
export class GuestScript {
  readonly #source: string;
  readonly #filename: string;
  #cachedData: ivm.ExternalCopy<ArrayBuffer> | undefined;

  constructor(source: string, filename: string) {
    this.#source = source;
    this.#filename = filename;
  }

  compile(isolate: ivm.Isolate): ivm.Script {
    const cachedData = this.#cachedData;
    return isolate.compileScriptSync(this.#source, {
      filename: this.#filename,
      ...(cachedData && { cachedData }),
    });
  }

  /**
   * Takes the code cache from an isolate in which the script has already run: V8 then still holds the functions that
   * running it compiled, so that the cache has them too and later isolates need not compile them again.
   */
  keepCache(isolate: ivm.Isolate): void {
    const script = isolate.compileScriptSync(this.#source, {
      filename: this.#filename,
      produceCachedData: true,
    });
    this.#cachedData = (script as { cachedData?: ivm.ExternalCopy<ArrayBuffer> }).cachedData;
    script.release();
  }

  get hasCache(): boolean {
    return this.#cachedData !== undefined;
  }
}

/** Where the guest's files lie, beside the cell program, as the build lays them. */
const GUEST_FOLDER = new URL("../guest/", import.meta.url);

/** Names a chunk may have; nothing a guest asks for becomes a path unless it matches. */
const CHUNK_NAME = /^[a-z][a-z0-9-]{0,40}$/;

/** The guest runtime and its lazily loaded parts, read once per cell. */
export class GuestAssets {
  readonly runtime: GuestScript = new GuestScript(readGuestFile("runtime.js"), "isolet:runtime");
  readonly #chunks = new Map<string, GuestScript>();

  /** Reads every chunk now: later there may be no right to. */
  readAll(): void {
    for (const file of readdirSync(new URL("chunks/", GUEST_FOLDER))) this.chunk(file.replace(/\.js$/, ""));
  }

  /** The chunk of that name; undefined when there is none. */
  chunk(name: string): GuestScript | undefined {
    const known = this.#chunks.get(name);
    if (known || !CHUNK_NAME.test(name)) return known;
    const script = new GuestScript(readGuestFile(`chunks/${name}.js`), `isolet:chunk/${name}`);
    this.#chunks.set(name, script);
    return script;
  }
}

function readGuestFile(path: string): string {
  return readFileSync(new URL(path, GUEST_FOLDER), "utf8");
}
