/** Notifications as S3 sends them to a function. */
import type { S3Event, S3EventRecord } from "aws-lambda";
import { createRandom, type Random } from "./random.ts";
import { DAY_START_MS, REGION, type Sample } from "./sample.ts";

type S3Object = S3EventRecord["s3"]["object"];

const BUCKET = "shop-media-9f2c41d7";
const OWNERS = ["studio-nord", "kontor", "atelier-süd", "press"];
const TITLES = [
  "Café terrace",
  "Winter sale banner",
  "Mug, front & back",
  "Lámpara",
  "東京 2026",
  "Größe 100%",
];
const EXTENSIONS = ["jpg", "jpeg", "png", "webp", "pdf", "mp4", "bin"];

export function s3Events(count: number, seed = 3): readonly Sample<S3Event>[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    event: { Records: [recordOf(random, DAY_START_MS + index * 2_500)] },
  }));
}

function recordOf(random: Random, timeMs: number): S3EventRecord {
  const created = random.chance(0.88);
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: REGION,
    eventTime: new Date(timeMs).toISOString(),
    eventName: created ? createdBy(random) : "ObjectRemoved:Delete",
    userIdentity: { principalId: `AWS:AIDA${random.id(17)}` },
    requestParameters: { sourceIPAddress: random.ip() },
    responseElements: { "x-amz-request-id": random.id(16), "x-amz-id-2": random.base64(57) },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "media-index",
      bucket: {
        name: BUCKET,
        ownerIdentity: { principalId: `A${random.id(13)}` },
        arn: `arn:aws:s3:::${BUCKET}`,
      },
      object: objectOf(random, timeMs, created),
    },
  };
}

function createdBy(random: Random): string {
  return random.chance(0.9) ? "ObjectCreated:Put" : "ObjectCreated:CompleteMultipartUpload";
}

function objectOf(random: Random, timeMs: number, created: boolean): S3Object {
  const name = `${random.pick(TITLES)} ${random.hex(4)}.${random.pick(EXTENSIONS)}`;
  const key = encodeKey(`uploads/${random.pick(OWNERS)}/2026/06/${name}`);
  const sequencer = `00${timeMs.toString(16).toUpperCase()}${random.hex(5).toUpperCase()}`;
  // AWS leaves size and eTag out of a removed object, which the published types don't know.
  if (!created) return { key, sequencer } as S3Object;
  return { key, size: Math.floor(400 + random.next() ** 3 * 6_000_000), eTag: random.hex(32), sequencer };
}

/** As a form is encoded, except that slashes stay. */
function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");
}
