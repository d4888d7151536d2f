import { posix } from "node:path";
import { lowerAsync, usesContext } from "./lower-async.ts";
import { LOWERED_ROOT } from "./pack.ts";
import type { PackEntry } from "./pack.ts";

/** Files lowered at once. */
const AT_ONCE = 16;

const SCRIPT = /\.[cm]?js$/;

/** Whether a text may have `async` functions, or loops that wait. */
const MAY_WAIT = /\basync\b|\bawait\b/;

/** What an artifact needs so that contexts of `node:async_hooks` hold in it. */
export interface LoweredFiles {
  /** The files as they are compiled, beside those that `fs` shows. */
  readonly entries: readonly PackEntry[];
  /** JSON of each one's source map, by the path it stands for. */
  readonly sourceMaps: ReadonlyMap<string, string>;
}

/** Lowers every script that waits, if any file of the artifact uses `node:async_hooks`; else nothing. */
export async function lowerArtifact(files: readonly PackEntry[]): Promise<LoweredFiles | undefined> {
  const scripts = files.filter((file) => "bytes" in file && SCRIPT.test(file.path)).map(readScript);
  if (!scripts.some(({ text }) => usesContext(text))) return undefined;
  const waiting = scripts.filter(({ text }) => MAY_WAIT.test(text));
  const entries: PackEntry[] = [];
  const sourceMaps = new Map<string, string>();
  while (waiting.length > 0) {
    await Promise.all(waiting.splice(0, AT_ONCE).map(({ path, text }) => lower(path, text)));
  }
  return { entries: entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)), sourceMaps };

  async function lower(path: string, text: string): Promise<void> {
    const lowered = await lowerAsync({ source: text, sourceMap: undefined, file: posix.basename(path) });
    if (!lowered) return;
    entries.push({ path: LOWERED_ROOT + path, bytes: Buffer.from(lowered.source) });
    sourceMaps.set(path, lowered.sourceMap);
  }
}

function readScript(file: PackEntry): { readonly path: string; readonly text: string } {
  return { path: file.path, text: "bytes" in file ? Buffer.from(file.bytes).toString("utf8") : "" };
}
