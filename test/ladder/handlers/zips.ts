import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import AdmZip from "adm-zip";
import * as tar from "tar";
import { ZipArchive } from "archiver";

export const handler = async (event: { files: Record<string, string> }) => {
  const archive = new ZipArchive({ zlib: { level: 9 } });
  const out = new PassThrough();
  const written = buffer(archive.pipe(out));
  for (const [name, text] of Object.entries(event.files)) archive.append(text, { name, date: new Date(0) });
  await archive.finalize();
  const zip = new AdmZip(await written);
  zip.addFile("added.txt", Buffer.from("more"));
  const again = new AdmZip(zip.toBuffer());

  await rm("/tmp/tarred", { recursive: true, force: true });
  await mkdir("/tmp/tarred/out", { recursive: true });
  for (const [name, text] of Object.entries(event.files)) await writeFile(`/tmp/tarred/${name}`, text);
  await tar.create({ gzip: true, file: "/tmp/tarred/all.tgz", cwd: "/tmp/tarred" }, Object.keys(event.files));
  await tar.extract({ file: "/tmp/tarred/all.tgz", cwd: "/tmp/tarred/out" });
  const names: string[] = [];
  await tar.list({
    file: "/tmp/tarred/all.tgz",
    onReadEntry: (entry) => names.push(`${entry.path} ${entry.size}`),
  });
  return {
    zipped: again.getEntries().map((entry) => [entry.entryName, again.readAsText(entry)]),
    names,
    untarred: await readFile(`/tmp/tarred/out/${Object.keys(event.files)[0] ?? ""}`, "utf8"),
  };
};
