/** `Blob` and `File`. */
import type { Parts } from "../runtime/globals/parts.ts";
import { Blob, sameBlob } from "./blob/blob.ts";
import { File, sameFile } from "./blob/file.ts";

export function create({ cloners }: Parts): object {
  cloners.push({
    is: (value) => value instanceof Blob,
    prepare: (value) => () => (value instanceof File ? sameFile(value) : sameBlob(value as Blob)),
  });
  return { Blob, File };
}
