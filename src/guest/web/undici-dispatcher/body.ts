import type { HeaderPair } from "./options.ts";

type Bytes = AsyncIterable<Uint8Array>;

/** The package's own `FormData`, by what it has in common with the platform's. */
interface Form {
  entries(): Iterable<[string, string | Named]>;
}

interface Named extends BlobLike {
  readonly name?: string;
  readonly type: string;
}

interface BlobLike {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The bytes of a body; what is known of it is added to the headers. */
export function bodyOf(body: unknown, headers: HeaderPair[]): Bytes | null {
  if (body === undefined || body === null) return null;
  const bytes = bytesOf(body);
  if (bytes) {
    if (bytes.byteLength === 0) return null;
    setLength(headers, bytes.byteLength);
    return once(bytes);
  }
  if (typeof body !== "object") throw noBody();
  if (isForm(body)) return formBody(body, headers);
  if (isBlob(body)) {
    setLength(headers, body.size);
    if (body.type !== "") add(headers, "content-type", body.type);
    return later(() => body.arrayBuffer());
  }
  if (isIterable(body)) return pieces(body);
  throw noBody();
}

function noBody(): Error {
  return Object.assign(
    new TypeError("body must be a string, a Buffer, a Readable stream, an iterable, or an async iterable"),
    { name: "InvalidArgumentError", code: "UND_ERR_INVALID_ARG" },
  );
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  return body instanceof ArrayBuffer ? new Uint8Array(body) : undefined;
}

function isForm(body: object): body is Form {
  return (body as Record<symbol, unknown>)[Symbol.toStringTag] === "FormData";
}

function isBlob(body: object): body is BlobLike {
  const { size, arrayBuffer } = body as Partial<BlobLike>;
  return typeof size === "number" && typeof arrayBuffer === "function";
}

function isIterable(body: object): body is AsyncIterable<unknown> {
  return Symbol.asyncIterator in body || Symbol.iterator in body;
}

/** Written by the platform's own class, whose boundary has to be known before the body is. */
function formBody(form: Form, headers: HeaderPair[]): Bytes {
  const boundary = `----formdata-isolet-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
  add(headers, "content-type", `multipart/form-data; boundary=${boundary}`);
  return (async function* () {
    const encoder = new TextEncoder();
    for (const [name, value] of form.entries()) {
      const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"`;
      if (typeof value === "string") {
        yield encoder.encode(`${head}\r\n\r\n${value.replace(/\r?\n|\r/g, "\r\n")}\r\n`);
      } else {
        const type = value.type === "" ? "application/octet-stream" : value.type;
        yield encoder.encode(
          `${head}; filename="${escaped(value.name ?? "blob")}"\r\nContent-Type: ${type}\r\n\r\n`,
        );
        yield new Uint8Array(await value.arrayBuffer());
        yield encoder.encode("\r\n");
      }
    }
    yield encoder.encode(`--${boundary}--\r\n`);
  })();
}

function escaped(name: string): string {
  return name.replace(/\n/g, "%0A").replace(/\r/g, "%0D").replace(/"/g, "%22");
}

async function* once(bytes: Uint8Array): Bytes {
  yield bytes;
}

async function* later(read: () => Promise<ArrayBuffer>): Bytes {
  yield new Uint8Array(await read());
}

async function* pieces(body: AsyncIterable<unknown>): Bytes {
  for await (const piece of body) {
    const bytes = bytesOf(piece);
    if (!bytes) throw new TypeError("A piece of the request's body is neither a string nor bytes.");
    yield bytes;
  }
}

function add(headers: HeaderPair[], name: string, value: string): void {
  if (!headers.some(([given]) => given.toLowerCase() === name)) headers.push([name, value]);
}

function setLength(headers: HeaderPair[], length: number): void {
  add(headers, "content-length", String(length));
}
