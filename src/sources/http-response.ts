import { validateHeaderName, validateHeaderValue, type ServerResponse } from "node:http";
import type { HttpMetadata } from "../invocation/invocation-stream.ts";

/** What goes to the client. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer;
}

/** A function's response that can't be turned into an answer; the message says why. */
export class MalformedResponse extends Error {}

/** Headers that belong to the connection, and the length, which is counted here; a function's own are left out. */
const OWN_HEADERS = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** An answer of the gateway itself, in its form. */
export function gatewayAnswer(statusCode: number, message: string): HttpAnswer {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify({ message }) };
}

/**
 * Reads a function's response by the rules of payload format 2.0: without a `statusCode` the response itself is the body of
 * a JSON 200 (a string as it is); with one, `headers`, `cookies`, `body` and `isBase64Encoded` are taken.
 * Throws a {@link MalformedResponse}.
 */
export function readResponse(payload: unknown): HttpAnswer {
  if (!isRecord(payload) || payload["statusCode"] === undefined) return inferredAnswer(payload);
  const body = readBody(payload["body"], payload["isBase64Encoded"]);
  const headers = readHeaders(payload["headers"]);
  addCookies(headers, payload["cookies"]);
  if (body.length > 0) headers["content-type"] ??= "text/plain;charset=UTF-8";
  return { statusCode: readStatus(payload["statusCode"]), headers, body };
}

/**
 * Status and headers of a response that is streamed, by the same rules; its length is the function's to say.
 * Throws a {@link MalformedResponse}.
 */
export function readHead(metadata: HttpMetadata): Pick<HttpAnswer, "statusCode" | "headers"> {
  const headers = readHeaders(metadata.headers);
  addCookies(headers, metadata.cookies);
  const length = Object.entries({ ...metadata.headers }).find(([name]) =>
    /^content-length$/i.test(name),
  )?.[1];
  if (length !== undefined && /^\d{1,15}$/.test(length)) headers["content-length"] = length;
  return { statusCode: readStatus(metadata.statusCode ?? 200), headers };
}

function inferredAnswer(payload: unknown): HttpAnswer {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload ?? null);
  return { statusCode: 200, headers: { "content-type": "application/json" }, body };
}

function readStatus(value: unknown): number {
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  if (typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new MalformedResponse("statusCode is not an integer from 200 to 599");
}

function readBody(body: unknown, isBase64: unknown): string | Buffer {
  if (body === undefined || body === null) return "";
  if (typeof body !== "string")
    throw new MalformedResponse("body is not a string; JSON.stringify it in the function");
  return isBase64 === true ? Buffer.from(body, "base64") : body;
}

function readHeaders(value: unknown): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  if (value === undefined || value === null) return headers;
  if (!isRecord(value)) throw new MalformedResponse("headers is not an object");
  for (const [key, content] of Object.entries(value)) {
    const name = key.toLowerCase();
    const text = headerText(name, content);
    if (!OWN_HEADERS.has(name)) headers[name] = text;
  }
  return headers;
}

function headerText(name: string, value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
    throw new MalformedResponse(`header ${name} is neither a string, a number nor a boolean`);
  }
  const text = String(value);
  try {
    validateHeaderName(name);
    validateHeaderValue(name, text);
  } catch {
    throw new MalformedResponse(`header ${JSON.stringify(name)} has characters that HTTP doesn't allow`);
  }
  return text;
}

function addCookies(headers: Record<string, string | string[]>, value: unknown): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value)) throw new MalformedResponse("cookies is not a list");
  const own = headers["set-cookie"] ?? [];
  const cookies = [own, value.map((cookie: unknown) => headerText("set-cookie", cookie))].flat();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Statuses that by definition have no body, and so no length. */
const BODILESS = new Set([204, 304]);

export function isBodiless(statusCode: number): boolean {
  return BODILESS.has(statusCode);
}

/** Writes an answer; resolves when it was handed to the system or the client is gone. */
export function sendAnswer(response: ServerResponse, answer: HttpAnswer, requestId: string): Promise<void> {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return Promise.resolve();
  }
  const body = BODILESS.has(answer.statusCode) ? "" : answer.body;
  const length = BODILESS.has(answer.statusCode) ? {} : { "content-length": Buffer.byteLength(body) };
  return new Promise((resolve) => {
    response.once("close", resolve);
    response.writeHead(answer.statusCode, { ...answer.headers, ...length, "apigw-requestid": requestId });
    response.end(body, () => resolve());
  });
}
