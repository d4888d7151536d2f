import { Readable } from "node:stream";
import busboy from "busboy";
import multipart from "lambda-multipart-parser";

interface Event {
  body: string;
  isBase64Encoded: boolean;
  headers: Record<string, string>;
}

const byBusboy = (event: Event) =>
  new Promise<unknown[]>((resolve, reject) => {
    const found: unknown[] = [];
    const parser = busboy({ headers: event.headers, limits: { fileSize: 10 } });
    parser.on("file", (name, file, info) => {
      const parts: Buffer[] = [];
      file.on("data", (part: Buffer) => parts.push(part));
      file.on("close", () => found.push([name, info, Buffer.concat(parts).toString(), file.truncated]));
    });
    parser.on("field", (name, value, info) => found.push([name, value, info]));
    parser.on("close", () => resolve(found)).on("error", reject);
    Readable.from([Buffer.from(event.body, "base64")]).pipe(parser);
  });

export const handler = async (event: Event) => {
  const { files, ...fields } = await multipart.parse(event as never);
  return {
    busboy: await byBusboy(event),
    fields,
    files: files.map(({ content, ...file }) => ({ ...file, content: content.toString() })),
  };
};
