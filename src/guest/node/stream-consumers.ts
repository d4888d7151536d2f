/** `node:stream/consumers`: the whole of a stream, as one value. */

type Chunks = AsyncIterable<unknown>;

async function buffer(stream: Chunks): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of stream) parts.push(bytesOf(chunk));
  return Buffer.concat(parts);
}

function bytesOf(chunk: unknown): Buffer {
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (ArrayBuffer.isView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return Buffer.from(chunk as ArrayBuffer);
}

async function arrayBuffer(stream: Chunks): Promise<ArrayBuffer> {
  const whole = await buffer(stream);
  return whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.byteLength) as ArrayBuffer;
}

async function bytes(stream: Chunks): Promise<Uint8Array> {
  return new Uint8Array(await arrayBuffer(stream));
}

async function text(stream: Chunks): Promise<string> {
  const decoder = new TextDecoder();
  let whole = "";
  for await (const chunk of stream)
    whole += typeof chunk === "string" ? chunk : decoder.decode(bytesOf(chunk), { stream: true });
  return whole + decoder.decode();
}

async function json(stream: Chunks): Promise<unknown> {
  return JSON.parse(await text(stream)) as unknown;
}

async function blob(stream: Chunks): Promise<Blob> {
  return new Blob([await arrayBuffer(stream)]);
}

export function create(): object {
  return { arrayBuffer, blob, buffer, bytes, text, json };
}
