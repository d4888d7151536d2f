import { readFile } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import type { Metafile } from "esbuild";
import { BundleInputs } from "./bundle-inputs.ts";
import { Looks } from "./bundle-looks.ts";
import type { Look } from "./bundle-looks.ts";
import { CodeStore } from "./code-store.ts";
import { esbuildVersion, isoletVersion } from "./tool-versions.ts";
import type { ModuleFormat } from "./package.ts";
import type { BundleSettings } from "./read-code.ts";

/** What is kept of a bundle. */
export interface KeptBundle {
  readonly source: string;
  readonly format: ModuleFormat;
  readonly sourceMap: string;
}

/** What a bundle is made of: an entry, in the folder that paths are relative to. */
export interface BundleOrder {
  readonly entry: string;
  readonly root: string;
  readonly settings: BundleSettings;
}

interface Head {
  readonly looks: readonly Look[];
  readonly format: ModuleFormat;
  readonly sourceBytes: number;
}

const LENGTH_BYTES = 4;

/**
 * Bundles in the cache folder. What a bundle follows from is known only when it has been made: it is kept with all that was
 * looked at for it, by the hash of its entry, and is taken when all of that is as it was. Paths are relative, so that it
 * serves the same project elsewhere.
 */
export class BundleCache {
  readonly #store: CodeStore;
  readonly #waits: boolean;

  /** `waits: false` keeps also what has only just been written, for where nobody writes while a bundle is made. */
  constructor(store: CodeStore, { waits = true }: { readonly waits?: boolean } = {}) {
    this.#store = store;
    this.#waits = waits;
  }

  /** The bundle, if it is kept and nothing that it follows from has changed. */
  async get(order: BundleOrder): Promise<KeptBundle | undefined> {
    const key = await keyOf(order);
    const kept = key === undefined ? undefined : await this.#store.get(key);
    const read = kept && readKept(kept);
    return read && (await new Looks(order.root).stillSee(read.looks)) ? read.bundle : undefined;
  }

  /** Keeps a bundle that was begun at `startedMs`, unless something has changed since, or it can't be told. */
  async put(
    order: BundleOrder,
    bundle: KeptBundle,
    inputs: Metafile["inputs"],
    startedMs: number,
  ): Promise<void> {
    const looks = new Looks(order.root);
    const isTold = await new BundleInputs(order.root, order.settings.external, looks).lookAt(inputs);
    const key = await keyOf(order);
    if (!isTold || key === undefined || (this.#waits && !looks.isSettled(startedMs))) return;
    await this.#store.put(key, writeKept(looks.taken, bundle));
  }
}

async function keyOf({ entry, root, settings }: BundleOrder): Promise<string | undefined> {
  const content = await readFile(entry, "latin1").catch(() => undefined);
  if (content === undefined) return undefined;
  return CodeStore.keyOf(
    "bundle",
    isoletVersion(),
    esbuildVersion(),
    process.versions.node,
    process.platform,
    relative(root, entry),
    // What lies above the root is looked at as well.
    String(depthOf(root)),
    JSON.stringify(settings),
    content,
  );
}

function depthOf(folder: string): number {
  return dirname(folder) === folder ? 0 : folder.split(sep).length;
}

function writeKept(looks: readonly Look[], { source, format, sourceMap }: KeptBundle): Buffer {
  const text = Buffer.from(source);
  const head = Buffer.from(JSON.stringify({ looks, format, sourceBytes: text.length } satisfies Head));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, text, Buffer.from(sourceMap)]);
}

interface Read {
  readonly looks: readonly Look[];
  readonly bundle: KeptBundle;
}

/** Its hash has been found right, so that it is as one who may write to the folder wrote it: maybe not as a bundle. */
function readKept(kept: Buffer): Read | undefined {
  try {
    return partsOf(kept);
  } catch {
    return undefined;
  }
}

function partsOf(kept: Buffer): Read {
  const start = LENGTH_BYTES + kept.readUInt32LE();
  const { looks, format, sourceBytes } = JSON.parse(kept.toString("utf8", LENGTH_BYTES, start)) as Head;
  const source = kept.toString("utf8", start, start + sourceBytes);
  return { looks, bundle: { source, format, sourceMap: kept.toString("utf8", start + sourceBytes) } };
}
