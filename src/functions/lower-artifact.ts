import { posix } from "node:path";
import type { CodeStore } from "./code-store.ts";
import { lowerAsync, needsLowering, trackingOf } from "./lower-async.ts";
import type { Tracking } from "./lower-async.ts";
import { lowerFilesOnce } from "./lowered-cache.ts";
import type { LoweredFiles } from "./lowered-cache.ts";
import { LOWERED_ROOT } from "./pack.ts";
import type { PackEntry } from "./pack.ts";

/** Files lowered at once. */
const AT_ONCE = 16;

const SCRIPT = /\.[cm]?js$/;

/** Whether a text may have `async` functions, or loops that wait. */
const MAY_WAIT = /\basync\b|\bawait\b/;

/** What an artifact needs so that contexts of `node:async_hooks` hold in it, and rejections are seen. */
export interface LoweredArtifact extends LoweredFiles {
  readonly tracking: Tracking;
}

/** Lowers every script that waits, if any file of the artifact needs it; else nothing. Kept in `store`. */
export async function lowerArtifact(
  files: readonly PackEntry[],
  store?: CodeStore,
): Promise<LoweredArtifact | undefined> {
  const scripts = files.filter((file) => "bytes" in file && SCRIPT.test(file.path));
  const tracking = trackingOf(scripts.map((file) => readScript(file).text));
  if (!needsLowering(tracking)) return undefined;
  return { ...(await lowerFilesOnce(scripts, lowerFiles, store)), tracking };
}

async function lowerFiles(scripts: readonly PackEntry[]): Promise<LoweredFiles> {
  const waiting = scripts.map(readScript).filter(({ text }) => MAY_WAIT.test(text));
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
