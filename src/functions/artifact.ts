import { createHash } from "node:crypto";
import { posix } from "node:path";
import { InvalidCodeError } from "../base/errors.ts";
import { addDirectory } from "./artifact-directory.ts";
import { ArtifactFiles } from "./artifact-files.ts";
import { addZip } from "./artifact-zip.ts";
import type { CodeStore } from "./code-store.ts";
import { lowerArtifact } from "./lower-artifact.ts";
import type { Tracking } from "./lower-async.ts";
import { writePack } from "./pack.ts";
import type { PackEntry } from "./pack.ts";
import type { ModuleFormat } from "./package.ts";

/** A deployment artifact of Lambda's, or one of its layers. */
export type ArtifactSource = { readonly directory: string } | { readonly zip: string | Uint8Array };

/** An artifact with its layers. */
export interface Artifact {
  /** The handler's file. */
  readonly source: string;
  readonly format: ModuleFormat | undefined;
  /** Such as `/var/task/src/app.js`. */
  readonly filename: string;
  /** All files, layers included. */
  readonly pack: Uint8Array;
  /** Maps of files that are compiled lowered, if contexts are tracked; by path. */
  readonly sourceMaps: ReadonlyMap<string, string> | undefined;
  /** What these were lowered for. */
  readonly tracking: Tracking | undefined;
  /** Hex SHA-256 of all paths and contents. */
  readonly sha256: string;
  /** Of all files, unpacked. */
  readonly sizeBytes: number;
}

/** Where the guest finds the artifact, and the layers, one over the other. */
const TASK_ROOT = "/var/task";
const LAYER_ROOT = "/opt";

/** What Lambda tries behind a handler's file, in this order. */
const ENDINGS = ["", ".js", ".mjs", ".cjs"];

/** Reads an artifact and its layers, in their order, and finds the file of `handler` in it as Lambda does. */
export async function readArtifact(
  subject: string,
  given: ArtifactSource,
  layers: readonly ArtifactSource[],
  handler: string,
  store?: CodeStore,
): Promise<Artifact> {
  const files = new ArtifactFiles(subject);
  await add(subject, given, TASK_ROOT, files);
  for (const [index, layer] of layers.entries())
    await add(`${subject}: layers[${index}]`, layer, LAYER_ROOT, files);
  const entries = files.list();
  const filename = findEntry(subject, handler, files);
  const lowered = await lowerArtifact(entries, store);
  return {
    source: textOf(files, filename),
    format: formatOf(files, filename),
    filename,
    pack: writePack(lowered ? [...entries, ...lowered.entries] : entries),
    sourceMaps: lowered?.sourceMaps,
    tracking: lowered?.tracking,
    sha256: hashOf(entries),
    sizeBytes: files.sizeBytes,
  };
}

/** The layers of a function whose code isn't an artifact, if it has any. */
export async function readLayers(
  subject: string,
  layers: readonly ArtifactSource[],
): Promise<Pick<Artifact, "pack" | "sha256"> | undefined> {
  if (layers.length === 0) return undefined;
  const files = new ArtifactFiles(subject);
  for (const [index, layer] of layers.entries())
    await add(`${subject}: layers[${index}]`, layer, LAYER_ROOT, files);
  const entries = files.list();
  return { pack: writePack(entries), sha256: hashOf(entries) };
}

async function add(
  subject: string,
  source: ArtifactSource,
  root: string,
  files: ArtifactFiles,
): Promise<void> {
  if ("directory" in source) await addDirectory(subject, source.directory, root, files);
  else await addZip(subject, source.zip, root, files);
}

/** `src/app.handler` is in `src/app.js`, `.mjs` or `.cjs`, or in a file of just that name. */
function findEntry(subject: string, handler: string, files: ArtifactFiles): string {
  const slash = handler.lastIndexOf("/") + 1;
  const dot = handler.indexOf(".", slash);
  const module = dot < 0 ? handler : handler.slice(0, dot);
  const path = posix.resolve(TASK_ROOT, module);
  for (const ending of ENDINGS) if (files.read(path + ending)) return path + ending;
  const tried = ENDINGS.map((ending) => path + ending).join(", ");
  throw new InvalidCodeError(
    `${subject}: the handler ${JSON.stringify(handler)} needs the module "${module}", and the artifact has none of ${tried}. ` +
      `Set handler to the path of its file from the artifact's root, a dot, and the name of its export.`,
    "Runtime.ImportModuleError",
  );
}

function textOf(files: ArtifactFiles, path: string): string {
  return Buffer.from(files.read(path) ?? []).toString("utf8");
}

/** By the file's ending, else by the nearest `package.json`; nothing where only the code tells. */
function formatOf(files: ArtifactFiles, path: string): ModuleFormat | undefined {
  if (path.endsWith(".mjs")) return "esm";
  if (!path.endsWith(".js")) return "commonjs";
  for (let folder = posix.dirname(path); folder !== "/"; folder = posix.dirname(folder)) {
    const described = files.read(`${folder}/package.json`);
    if (described) return typeIn(Buffer.from(described).toString("utf8"));
  }
  return undefined;
}

function typeIn(packageJson: string): ModuleFormat | undefined {
  try {
    const { type } = JSON.parse(packageJson) as { readonly type?: unknown };
    if (type === "module") return "esm";
    return type === "commonjs" ? "commonjs" : undefined;
  } catch {
    // Whoever imports it is told.
    return undefined;
  }
}

function hashOf(entries: readonly PackEntry[]): string {
  const hash = createHash("sha256");
  for (const entry of entries) {
    const isLink = "target" in entry;
    hash.update(JSON.stringify([entry.path, isLink ? entry.target : entry.bytes.length]));
    if (!isLink) hash.update(entry.bytes);
  }
  return hash.digest("hex");
}
