/**
 * The files of a deployment artifact as one piece of memory, which threads share and processes are sent: the length of an
 * index, the index as JSON, and the files' contents one after another.
 */

/** One file or symbolic link as the guest sees it. */
export type PackEntry =
  | { readonly path: string; readonly bytes: Uint8Array }
  /** `target` is an absolute path. */
  | { readonly path: string; readonly target: string };

/** Where a file's contents lie in a pack, or where a link leads. */
export type PackPlace = { readonly offset: number; readonly sizeBytes: number } | { readonly target: string };

/** The index's form: a path with its size, or with the link's target. */
type IndexEntry = readonly [path: string, sizeOrTarget: number | string];

const LENGTH_BYTES = 4;

/** Where files lie as they are compiled, where that isn't as they are. Guests see nothing of it. */
export const LOWERED_ROOT = "/.isolet";

/** Writes a pack. It lies in shared memory, so that sending it to a thread copies nothing. */
export function writePack(entries: readonly PackEntry[]): Uint8Array {
  const index: IndexEntry[] = entries.map((entry) =>
    "target" in entry ? [entry.path, entry.target] : [entry.path, entry.bytes.length],
  );
  const head = Buffer.from(JSON.stringify(index));
  const contentBytes = entries.reduce((sum, entry) => sum + ("bytes" in entry ? entry.bytes.length : 0), 0);
  const pack = new Uint8Array(new SharedArrayBuffer(LENGTH_BYTES + head.length + contentBytes));
  new DataView(pack.buffer).setUint32(0, head.length, true);
  pack.set(head, LENGTH_BYTES);
  let offset = LENGTH_BYTES + head.length;
  for (const entry of entries) {
    if (!("bytes" in entry)) continue;
    pack.set(entry.bytes, offset);
    offset += entry.bytes.length;
  }
  return pack;
}

/** The places of everything in a pack, by path. */
export function readPack(pack: Uint8Array): ReadonlyMap<string, PackPlace> {
  const headBytes = new DataView(pack.buffer, pack.byteOffset).getUint32(0, true);
  let offset = LENGTH_BYTES + headBytes;
  const index = JSON.parse(textIn(pack, LENGTH_BYTES, headBytes)) as readonly IndexEntry[];
  const places = new Map<string, PackPlace>();
  for (const [path, sizeOrTarget] of index) {
    if (typeof sizeOrTarget === "string") places.set(path, { target: sizeOrTarget });
    else {
      places.set(path, { offset, sizeBytes: sizeOrTarget });
      offset += sizeOrTarget;
    }
  }
  return places;
}

/** A text in a pack. */
export function textIn(pack: Uint8Array, offset: number, sizeBytes: number): string {
  return Buffer.from(pack.buffer, pack.byteOffset + offset, sizeBytes).toString("utf8");
}
