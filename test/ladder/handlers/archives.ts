import { gzipSync, strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import JSZip from "jszip";
import { gunzipSync } from "node:zlib";

export const handler = async (event: { files: Record<string, string> }) => {
  const zip = new JSZip();
  for (const [name, text] of Object.entries(event.files)) zip.file(name, text, { date: new Date(0) });
  const bytes = await zip.generateAsync({ type: "nodebuffer", compression: "DEFLATE" });
  const read = await JSZip.loadAsync(bytes);
  const names = Object.keys(read.files);
  const unzipped = unzipSync(bytes);
  const other = await JSZip.loadAsync(
    zipSync({ "x.txt": strToU8("x".repeat(1_000)) }, { level: 9, mtime: "1980-01-01" }),
  );
  return {
    names,
    text: await read.file(names[0]!)?.async("string"),
    same: names
      .filter((name) => !name.endsWith("/"))
      .every((name) => strFromU8(unzipped[name]!) === event.files[name]),
    other: (await other.file("x.txt")?.async("uint8array"))?.length,
    gzip: gunzipSync(gzipSync(strToU8("squeezed"))).toString(),
  };
};
