import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { S3Event } from "aws-lambda";
import { Readable } from "node:stream";

const client = new S3Client({ forcePathStyle: true });

export const handler = async (event: S3Event) => {
  const [record] = event.Records;
  const Bucket = record!.s3.bucket.name.toLowerCase();
  const Key = decodeURIComponent(record!.s3.object.key.replace(/\+/g, " "));
  await client.send(new CreateBucketCommand({ Bucket }));
  const put = await client.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body: "héllo world",
      ContentType: "text/plain",
      Metadata: { colour: "blue" },
    }),
  );
  const object = await client.send(new GetObjectCommand({ Bucket, Key }));
  const text = await object.Body?.transformToString();
  const part = await client.send(new GetObjectCommand({ Bucket, Key, Range: "bytes=0-3" }));
  const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
  const upload = new Upload({
    client,
    params: {
      Bucket,
      Key: "big/upload.bin",
      Body: Readable.from([Buffer.alloc(3_000_000, 1), Buffer.alloc(3_000_000, 2)]),
    },
  });
  await upload.done();
  const big = await client.send(new GetObjectCommand({ Bucket, Key: "big/upload.bin" }));
  let bytes = 0;
  for await (const chunk of big.Body as Readable) bytes += (chunk as Buffer).length;
  const list = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "big/" }));
  const url = new URL(await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), { expiresIn: 60 }));
  const signed = await (await fetch(url)).text();
  await client.send(new DeleteObjectCommand({ Bucket, Key }));
  const gone = await client
    .send(new GetObjectCommand({ Bucket, Key }))
    .catch((error: Error) => [error.name, error instanceof NoSuchKey]);
  return {
    etag: put.ETag,
    text,
    type: object.ContentType,
    metadata: object.Metadata,
    part: await part.Body?.transformToString("latin1"),
    length: head.ContentLength,
    bytes,
    keys: list.Contents?.map(({ Key, Size }) => [Key, Size]),
    signed,
    expires: url.searchParams.get("X-Amz-Expires"),
    gone,
  };
};
