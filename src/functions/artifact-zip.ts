import { readFile, stat } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { fromBufferPromise } from "yauzl";
import type { Entry, ZipFile } from "yauzl";
import { InvalidCodeError } from "../base/errors.ts";
import { ENTRY_LIMIT, UNPACKED_LIMIT_BYTES } from "./artifact-files.ts";
import type { ArtifactFiles } from "./artifact-files.ts";
import { localPath } from "./local-path.ts";

/** Bytes of a zip archive; Lambda's limit of 50 MB for one that is uploaded directly. */
const ZIPPED_LIMIT_BYTES = 52_428_800;

/** How many times its own size an archive may unpack to. Code takes a fifth; a bomb is up to a thousand times as small. */
const RATIO_LIMIT = 200;

/** Unpacked bytes up to which nobody looks at the ratio. */
const RATIO_FREE_BYTES = 10_485_760;

/** Of a Unix mode: the kind of file, and the kinds there may be. */
const MODE_KIND = 0o170000;
const MODE_LINK = 0o120000;
const MODES_ALLOWED: readonly number[] = [0, 0o100000, 0o040000, MODE_LINK];

/** Longest target of a symbolic link, in bytes. */
const TARGET_LIMIT_BYTES = 1_024;

/** Of an archive's "version made by". */
const MADE_BY_UNIX = 3;

/** Takes the files of a zip archive in, as they will lie under `root`. */
export async function addZip(
  subject: string,
  given: string | Uint8Array,
  root: string,
  files: ArtifactFiles,
): Promise<void> {
  const archive = typeof given === "string" ? await readArchive(subject, given, files) : asBuffer(given);
  checkZippedSize(archive.length, files);
  try {
    // Checks names (no "..", no absolute paths, no drive letters, no backslashes) and that sizes are what they say.
    const zip = await fromBufferPromise(archive, {
      lazyEntries: true,
      strictFileNames: true,
      validateEntrySizes: true,
    });
    await addEntries(zip, archive.length, root, files);
  } catch (error) {
    if (error instanceof InvalidCodeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw files.refusal(`the zip archive can't be unpacked: ${why}.`, error);
  }
}

function asBuffer({ buffer: memory, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(memory, byteOffset, byteLength);
}

async function readArchive(subject: string, given: string, files: ArtifactFiles): Promise<Buffer> {
  const path = localPath(subject, given);
  try {
    checkZippedSize((await stat(path)).size, files);
    return await readFile(path);
  } catch (error) {
    if (error instanceof InvalidCodeError) throw error;
    throw new InvalidCodeError(
      `${subject}: can't read the zip archive ${path} (given as ${JSON.stringify(given)}, the working directory being ${process.cwd()}).`,
      "Runtime.ImportModuleError",
      error,
    );
  }
}

function checkZippedSize(sizeBytes: number, files: ArtifactFiles): void {
  if (sizeBytes <= ZIPPED_LIMIT_BYTES) return;
  throw files.refusal(
    `the zip archive has ${sizeBytes} bytes, over the limit of ${ZIPPED_LIMIT_BYTES} (Lambda's for direct uploads). ` +
      `Give the unpacked { directory } instead, or leave out what isn't needed at run time.`,
  );
}

async function addEntries(
  zip: ZipFile,
  zippedBytes: number,
  root: string,
  files: ArtifactFiles,
): Promise<void> {
  if (zip.entryCount > ENTRY_LIMIT) {
    throw files.refusal(`the zip archive has ${zip.entryCount} entries, over the limit of ${ENTRY_LIMIT}.`);
  }
  const seen = new Set<string>();
  let declaredBytes = 0;
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    checkEntry(entry, files);
    if (seen.has(name)) throw files.refusal(`the zip archive has the entry ${JSON.stringify(name)} twice.`);
    seen.add(name);
    declaredBytes += entry.uncompressedSize;
    checkDeclared(declaredBytes, zippedBytes, files);
    if (!name.endsWith("/")) await addEntry(zip, entry, root, files);
  }
}

function checkEntry(entry: Entry, files: ArtifactFiles): void {
  const name = JSON.stringify(entry.fileName);
  if (entry.isEncrypted()) throw files.refusal(`the entry ${name} of the zip archive is encrypted.`);
  if (!MODES_ALLOWED.includes(modeOf(entry) & MODE_KIND))
    throw files.refusal(
      `the entry ${name} of the zip archive is neither a file, a folder nor a symbolic link.`,
    );
  if (
    entry.fileName
      .split("/")
      .some((part, index, parts) => part === "." || (part === "" && index < parts.length - 1))
  )
    throw files.refusal(`the entry ${name} of the zip archive has an empty or "." part in its path.`);
}

/** By the sizes that the archive tells, before anything is unpacked; that they are true is checked while it is. */
function checkDeclared(declaredBytes: number, zippedBytes: number, files: ArtifactFiles): void {
  if (declaredBytes > UNPACKED_LIMIT_BYTES) {
    throw files.refusal(
      `the zip archive unpacks to more bytes than the limit of ${UNPACKED_LIMIT_BYTES} (Lambda's).`,
    );
  }
  if (declaredBytes > RATIO_FREE_BYTES && declaredBytes > zippedBytes * RATIO_LIMIT) {
    throw files.refusal(
      `the zip archive unpacks to more than ${RATIO_LIMIT} times its size of ${zippedBytes} bytes, which is the limit ` +
        `against zip bombs. Give the unpacked { directory } instead if this is right.`,
    );
  }
}

async function addEntry(zip: ZipFile, entry: Entry, root: string, files: ArtifactFiles): Promise<void> {
  const path = `${root}/${entry.fileName}`;
  const isLink = (modeOf(entry) & MODE_KIND) === MODE_LINK;
  if (isLink && entry.uncompressedSize > TARGET_LIMIT_BYTES)
    throw files.refusal(`the symbolic link ${path} has a target of more than ${TARGET_LIMIT_BYTES} bytes.`);
  const bytes = await buffer(await zip.openReadStreamPromise(entry));
  if (isLink) files.addLink(path, bytes.toString(), root);
  else files.addFile(path, bytes);
}

/** The Unix mode, which archives made elsewhere don't have. */
function modeOf({ externalFileAttributes, versionMadeBy }: Entry): number {
  return versionMadeBy >>> 8 === MADE_BY_UNIX ? externalFileAttributes >>> 16 : 0;
}
