/** Turns S3 notifications into records of a media index: what was uploaded, how to find it, what to derive from it. */
import type { S3Event, S3EventRecord } from "aws-lambda";

/** One change of the index. */
export type IndexChange =
  | { readonly action: "put"; readonly key: string; readonly asset: Asset }
  | { readonly action: "delete"; readonly key: string };

interface Asset {
  readonly owner: string;
  readonly title: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly uploadedAt: string;
  /** Lower-case words without accents, for a search box. */
  readonly terms: readonly string[];
  readonly renditions: readonly { readonly key: string; readonly width: number }[];
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  avif: "image/avif",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  mp4: "video/mp4",
  pdf: "application/pdf",
  png: "image/png",
  webp: "image/webp",
};
const RENDITION_WIDTHS = [160, 480, 1_080, 1_920];
/** A small file isn't a large picture: no rendition wider than its bytes can fill. */
const BYTES_PER_WIDTH = 90;

/** The newest change seen of each object. S3 may deliver notifications late and in any order. */
const newestSequencers = new Map<string, string>();
const MAX_SEQUENCERS_KEPT = 5_000;

export const handler = async (event: S3Event): Promise<readonly IndexChange[]> =>
  event.Records.filter(isNews).map(toChange);

export function toChange(record: S3EventRecord): IndexChange {
  const { object } = record.s3;
  const key = decodeKey(object.key);
  if (!record.eventName.startsWith("ObjectCreated:")) return { action: "delete", key };
  const { owner, title, extension } = splitKey(key);
  const contentType = CONTENT_TYPES[extension] ?? "application/octet-stream";
  return {
    action: "put",
    key,
    asset: {
      owner,
      title,
      contentType,
      sizeBytes: object.size,
      uploadedAt: record.eventTime,
      terms: searchTerms(title),
      renditions: contentType.startsWith("image/") ? renditionsOf(key, object.size) : [],
    },
  };
}

/** Keys arrive URL-encoded as a form would be: a space is a plus, the rest percent-encoded UTF-8. */
export function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " "));
}

/** Sequencers of one object are compared as S3 documents it: padded with zeros on the right, then as text. */
function isNews(record: S3EventRecord): boolean {
  const { bucket, object } = record.s3;
  const id = `${bucket.name}/${object.key}`;
  const sequencer = object.sequencer.padEnd(32, "0").toUpperCase();
  if (sequencer <= (newestSequencers.get(id) ?? "")) return false;
  newestSequencers.set(id, sequencer);
  const oldest = newestSequencers.keys().next();
  if (newestSequencers.size > MAX_SEQUENCERS_KEPT && !oldest.done) newestSequencers.delete(oldest.value);
  return true;
}

/** `uploads/<owner>/<year>/<month>/<title>.<extension>` */
function splitKey(key: string): { owner: string; title: string; extension: string } {
  const parts = key.split("/");
  const name = parts.at(-1) ?? "";
  const dot = name.lastIndexOf(".");
  return {
    owner: parts[1] ?? "unknown",
    title: dot > 0 ? name.slice(0, dot) : name,
    extension: dot > 0 ? name.slice(dot + 1).toLowerCase() : "",
  };
}

function searchTerms(title: string): readonly string[] {
  const plain = title.normalize("NFKD").replaceAll(/\p{M}+/gu, "");
  const words = plain.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  return [...new Set(words)].sort();
}

function renditionsOf(key: string, sizeBytes: number): Asset["renditions"] {
  const stem = key.replace(/^uploads\//, "").replace(/\.[^./]+$/, "");
  return RENDITION_WIDTHS.filter((width) => sizeBytes >= width * BYTES_PER_WIDTH).map((width) => ({
    key: `renditions/${stem}-${width}w.webp`,
    width,
  }));
}
