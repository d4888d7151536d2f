import type { ServerResponse } from "node:http";
import type { InvocationStream } from "../invocation/invocation-stream.ts";
import { isBodiless, readHead } from "./http-response.ts";

/**
 * Writes a response as it comes, as fast as the client takes it. Resolves when it was handed to the system or the client
 * is gone. What fails in its midst breaks the connection off, as there is no other word for it by then.
 * Throws a `MalformedResponse`, before anything is written.
 */
export async function sendStream(
  response: ServerResponse,
  { body, contentType, metadata }: InvocationStream,
  requestId: string,
): Promise<void> {
  const head = readHead(metadata ?? { headers: { "content-type": contentType } });
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return body.cancel();
  }
  // A body of another length than its head says breaks the connection off, too.
  response.strictContentLength = true;
  response.writeHead(head.statusCode, { ...head.headers, "apigw-requestid": requestId });
  if (isBodiless(head.statusCode) || response.req.method === "HEAD") {
    response.end();
    return body.cancel();
  }
  // Together with what is there by then, and alone if nothing is.
  const flush = setImmediate(() => response.flushHeaders());
  try {
    await pump(body, response);
  } catch {
    // Its reason is the invocation's.
    response.destroy();
  } finally {
    clearImmediate(flush);
  }
}

async function pump(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const closed = new Promise<undefined>((resolve) => {
    response.once("close", () => resolve(undefined));
  });
  for (;;) {
    const next = await Promise.race([reader.read(), closed]);
    if (!next) return void reader.cancel().catch(() => undefined);
    if (next.done) break;
    if (!response.write(next.value)) await Promise.race([drained(response), closed]);
  }
  const ended = new Promise<void>((resolve) => {
    response.end(() => resolve());
  });
  await Promise.race([ended, closed]);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once("drain", resolve);
  });
}
