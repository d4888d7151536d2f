import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { RouteMatch } from "./http-routes.ts";

/** API Gateway's HTTP API event, payload format 2.0; assignable to `APIGatewayProxyEventV2` of `@types/aws-lambda`. */
export interface HttpApiEvent {
  version: "2.0";
  routeKey: string;
  /** The path, percent-decoded, as the gateway gives it whatever the name says. */
  rawPath: string;
  /** The query as it was sent, without `?`. */
  rawQueryString: string;
  /** The request's cookies, one `name=value` each; the gateway takes them out of `headers`. */
  cookies?: string[];
  /** Names in lower case, the values of one name joined by commas. */
  headers: Record<string, string>;
  /** Decoded, the values of one name joined by commas. */
  queryStringParameters?: Record<string, string>;
  pathParameters?: Record<string, string>;
  requestContext: HttpApiRequestContext;
  /** Absent when the request had none. */
  body?: string;
  isBase64Encoded: boolean;
}

/** The `requestContext` of an {@link HttpApiEvent}. */
export interface HttpApiRequestContext {
  accountId: string;
  apiId: string;
  domainName: string;
  domainPrefix: string;
  http: { method: string; path: string; protocol: string; sourceIp: string; userAgent: string };
  requestId: string;
  routeKey: string;
  stage: "$default";
  /** In the common log format: `12/Mar/2020:19:03:58 +0000`. */
  time: string;
  /** Milliseconds since the epoch. */
  timeEpoch: number;
}

/** A request's target, taken apart. */
export interface RequestTarget {
  readonly path: string;
  /** The path split at `/` before it was decoded, so that `%2F` doesn't make segments. */
  readonly segments: readonly string[];
  readonly query: string;
}

/** What an event is made of besides the request itself. */
export interface EventFacts {
  readonly target: RequestTarget;
  readonly route: RouteMatch;
  readonly body: Buffer | undefined;
  readonly requestId: string;
  readonly nowMs: number;
  readonly accountId: string;
  readonly apiId: string;
}

/** Takes a request's URL apart; nothing when its path is not valid percent-encoded UTF-8. */
export function parseTarget(url: string): RequestTarget | undefined {
  const origin = url.startsWith("/") ? url : stripOrigin(url);
  const mark = origin.indexOf("?");
  const path = mark < 0 ? origin : origin.slice(0, mark);
  const query = mark < 0 ? "" : origin.slice(mark + 1);
  try {
    const segments = path.slice(1).split("/").map(decodeURIComponent);
    return { path: decodeURIComponent(path), segments, query };
  } catch {
    return undefined;
  }
}

/** The path and query of a target in absolute form, as a proxy sends it. */
function stripOrigin(url: string): string {
  if (!URL.canParse(url)) return `/${url}`;
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}

/** Makes the event of a request. */
export function buildEvent(request: IncomingMessage, facts: EventFacts): HttpApiEvent {
  const { cookies, headers } = readHeaders(request, facts);
  const queryStringParameters = readQuery(facts.target.query);
  return {
    version: "2.0",
    routeKey: facts.route.routeKey,
    rawPath: facts.target.path,
    rawQueryString: facts.target.query,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(queryStringParameters && { queryStringParameters }),
    requestContext: buildContext(request, headers, facts),
    ...(facts.route.pathParameters && { pathParameters: facts.route.pathParameters }),
    ...encodeBody(facts.body, headers["content-type"]),
  };
}

function buildContext(
  request: IncomingMessage,
  headers: Readonly<Record<string, string>>,
  { target, route, requestId, nowMs, accountId, apiId }: EventFacts,
): HttpApiRequestContext {
  const domainName = (headers["host"] ?? "localhost").replace(/:\d+$/, "");
  return {
    accountId,
    apiId,
    domainName,
    domainPrefix: domainName.split(".", 1)[0] ?? domainName,
    http: {
      method: request.method ?? "GET",
      path: target.path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: sourceIp(request),
      userAgent: headers["user-agent"] ?? "",
    },
    requestId,
    routeKey: route.routeKey,
    stage: "$default",
    time: commonLogTime(nowMs),
    timeEpoch: nowMs,
  };
}

function readHeaders(
  request: IncomingMessage,
  facts: EventFacts,
): { cookies: string[]; headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  const { rawHeaders } = request;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase();
    const value = rawHeaders[i + 1] ?? "";
    if (name === "cookie") cookies.push(...splitCookies(value));
    else append(headers, name, value);
  }
  addGatewayHeaders(headers, request, facts);
  return { cookies, headers };
}

/** What the gateway itself puts on a request. */
function addGatewayHeaders(
  headers: Record<string, string>,
  request: IncomingMessage,
  facts: EventFacts,
): void {
  const ip = sourceIp(request);
  const forwarded = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = forwarded === undefined ? ip : `${forwarded}, ${ip}`;
  headers["x-forwarded-port"] ??= String(request.socket.localPort ?? "");
  headers["x-forwarded-proto"] ??= request.socket instanceof TLSSocket ? "https" : "http";
  headers["x-amzn-trace-id"] ??= traceId(facts.nowMs);
  if (!facts.body) headers["content-length"] ??= "0";
}

function traceId(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, "0");
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")}`;
}

function splitCookies(value: string): string[] {
  return value
    .split(";")
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== "");
}

function readQuery(query: string): Record<string, string> | undefined {
  if (query === "") return undefined;
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) append(parameters, name, value);
  return parameters;
}

function append(record: Record<string, string>, name: string, value: string): void {
  const present = Object.hasOwn(record, name) ? record[name] : undefined;
  record[name] = present === undefined ? value : `${present},${value}`;
}

/** Node gives IPv4 peers of a dual-stack socket in IPv6's clothes. */
function sourceIp(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
}

/**
 * The gateway passes `text/*` and these three as they are and everything else in base64: forms, `+json` types and
 * bodies without a type included. A body that says it is text and is not UTF-8 goes in base64 too, or it would be lost.
 */
const TEXT_TYPES = /^(text\/.*|application\/(json|xml|javascript))$/i;

function encodeBody(body: Buffer | undefined, contentType = ""): { body?: string; isBase64Encoded: boolean } {
  if (!body) return { isBase64Encoded: false };
  const mediaType = (contentType.split(";", 1)[0] ?? "").trim();
  return TEXT_TYPES.test(mediaType) && isUtf8(body)
    ? { body: body.toString("utf8"), isBase64Encoded: false }
    : { body: body.toString("base64"), isBase64Encoded: true };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function commonLogTime(nowMs: number): string {
  const date = new Date(nowMs);
  const day = String(date.getUTCDate()).padStart(2, "0");
  const time = date.toISOString().slice(11, 19);
  return `${day}/${MONTHS[date.getUTCMonth()] ?? ""}/${date.getUTCFullYear()}:${time} +0000`;
}
