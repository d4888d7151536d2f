import type { Dirent } from "node:fs";
import { readdir, readFile, readlink, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { InvalidCodeError } from "../base/errors.ts";
import type { ArtifactFiles } from "./artifact-files.ts";
import { localPath } from "./local-path.ts";

/** Files read at once. */
const READS_AT_ONCE = 32;

/** Takes the files of a folder of this machine in, as they will lie under `root`. */
export async function addDirectory(
  subject: string,
  given: string,
  root: string,
  files: ArtifactFiles,
): Promise<void> {
  const folder = await findFolder(subject, given);
  const waiting: Dirent[] = [];
  const folders = [folder];
  for (let current = folders.pop(); current !== undefined; current = folders.pop()) {
    for (const entry of await readdir(current, { withFileTypes: true })) {
      if (entry.isDirectory()) folders.push(join(current, entry.name));
      else waiting.push(entry);
    }
    while (waiting.length >= READS_AT_ONCE) await addAll(waiting.splice(0, READS_AT_ONCE));
  }
  await addAll(waiting);

  async function addAll(entries: readonly Dirent[]): Promise<void> {
    await Promise.all(entries.map((entry) => addEntry(entry, folder, root, files)));
  }
}

async function addEntry(entry: Dirent, folder: string, root: string, files: ArtifactFiles): Promise<void> {
  const path = join(entry.parentPath, entry.name);
  const seen = guestPath(path, folder, root);
  if (entry.isFile()) {
    files.addFile(seen, await readFile(path));
    return;
  }
  if (!entry.isSymbolicLink())
    throw files.refusal(`${path} is neither a file, a folder nor a symbolic link.`);
  const to = await readlink(path);
  files.addLink(seen, isAbsolute(to) ? guestPath(to, folder, root) : to.split(sep).join("/"), root);
}

function guestPath(path: string, folder: string, root: string): string {
  return `${root}/${relative(folder, path).split(sep).join("/")}`;
}

async function findFolder(subject: string, given: string): Promise<string> {
  const path = localPath(subject, given);
  let found: string;
  try {
    found = await realpath(path);
  } catch (error) {
    throw new InvalidCodeError(
      `${subject}: can't read the directory ${path} (given as ${JSON.stringify(given)}, the working directory being ${process.cwd()}).`,
      "Runtime.ImportModuleError",
      error,
    );
  }
  if ((await stat(found)).isDirectory()) return found;
  throw new InvalidCodeError(
    `${subject}: ${path} isn't a directory; for a zip archive give { zip }, for one file { file }.`,
    "Runtime.ImportModuleError",
  );
}
