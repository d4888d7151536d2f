import { CodeStore } from "./code-store.ts";
import { lowerAsync } from "./lower-async.ts";
import type { AsyncCode, LoweredCode } from "./lower-async.ts";
import { LOWERED_ROOT } from "./pack.ts";
import type { PackEntry } from "./pack.ts";
import { esbuildVersion, isoletVersion } from "./tool-versions.ts";

/** What an artifact needs so that contexts of `node:async_hooks` hold in it. */
export interface LoweredFiles {
  /** The files as they are compiled, beside those that `fs` shows. */
  readonly entries: readonly PackEntry[];
  /** JSON of each one's source map, by the path it stands for. */
  readonly sourceMaps: ReadonlyMap<string, string>;
}

/** Lowers code, or takes it from `store`, where it is kept by the hash of what it was. */
export async function lowerOnce(
  code: AsyncCode,
  store: CodeStore | undefined,
): Promise<LoweredCode | undefined> {
  if (!store) return lowerAsync(code);
  const key = keyOf("code", code.file, code.source, code.sourceMap ?? "");
  const kept = await store.get(key);
  if (kept) return (JSON.parse(kept.toString("utf8")) as LoweredCode | null) ?? undefined;
  const lowered = await lowerAsync(code);
  await store.put(key, Buffer.from(JSON.stringify(lowered ?? null)));
  return lowered;
}

/** A file as it is kept: its path, its text, and its source map. */
type KeptFile = readonly [path: string, text: string, sourceMap: string];

/** Lowers the files of an artifact by `lower`, or takes them from `store`, as {@link lowerOnce} does. */
export async function lowerFilesOnce(
  files: readonly PackEntry[],
  lower: (files: readonly PackEntry[]) => Promise<LoweredFiles>,
  store: CodeStore | undefined,
): Promise<LoweredFiles> {
  if (!store) return lower(files);
  const texts = files.flatMap((file) => ("bytes" in file ? [file.path, file.bytes] : []));
  const key = keyOf("files", ...texts);
  const kept = await store.get(key);
  if (kept) return readFiles(JSON.parse(kept.toString("utf8")) as readonly KeptFile[]);
  const lowered = await lower(files);
  await store.put(key, Buffer.from(JSON.stringify(writeFiles(lowered))));
  return lowered;
}

function keyOf(...parts: readonly (string | Uint8Array)[]): string {
  return CodeStore.keyOf("lowered", isoletVersion(), esbuildVersion(), ...parts);
}

function writeFiles({ entries, sourceMaps }: LoweredFiles): KeptFile[] {
  return entries.map((entry): KeptFile => {
    const path = entry.path.slice(LOWERED_ROOT.length);
    const text = "bytes" in entry ? Buffer.from(entry.bytes).toString("utf8") : "";
    return [path, text, sourceMaps.get(path) ?? ""];
  });
}

function readFiles(kept: readonly KeptFile[]): LoweredFiles {
  return {
    entries: kept.map(([path, text]) => ({ path: LOWERED_ROOT + path, bytes: Buffer.from(text) })),
    sourceMaps: new Map(kept.map(([path, , sourceMap]) => [path, sourceMap])),
  };
}
