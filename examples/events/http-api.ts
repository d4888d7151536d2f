/** Requests as an API Gateway HTTP API passes them on (payload format 2.0, JWT authorizer). */
import type { ApiEvent } from "../handlers/orders-api.ts";
import { createRandom, type Random } from "./random.ts";
import { ACCOUNT, DAY_START_MS, REGION, type Sample } from "./sample.ts";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly routeKey: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const API_ID = "x7k2pq9d1e";
const DOMAIN = `${API_ID}.execute-api.${REGION}.amazonaws.com`;
const AGENTS = [
  "shop-ios/8.4.1 (iPhone; iOS 19.2)",
  "shop-android/8.4.0 (Pixel 9)",
  "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  "curl/8.14.1",
];
const PREFIXES = ["MUG", "TEE", "BAG", "LMP"];

/** What clients send, most of it right: each kind of request with its weight. */
const REQUESTS: readonly (readonly [weight: number, make: (random: Random) => Request])[] = [
  [40, (random) => post(JSON.stringify(orderOf(random)), random)],
  [18, (random) => getProduct(skuOf(random))],
  [16, listProducts],
  [10, (random) => getOrder(random.uuid())],
  [6, (random) => post(JSON.stringify({ ...orderOf(random), email: "nobody at nowhere" }), random)],
  [4, (random) => post(JSON.stringify({ ...orderOf(random), items: [] }), random)],
  [3, (random) => post('{"email": "ada@example.com", "items": [', random)],
  [3, (random) => ({ method: "GET", path: `/carts/${random.hex(6)}`, routeKey: "$default" })],
];

export function httpApiEvents(count: number, seed = 1): readonly Sample<ApiEvent>[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    event: toEvent(chooseRequest(random)(random), index, random),
  }));
}

function chooseRequest(random: Random): (random: Random) => Request {
  const total = REQUESTS.reduce((sum, [weight]) => sum + weight, 0);
  let left = random.int(1, total);
  for (const [weight, make] of REQUESTS) {
    left -= weight;
    if (left <= 0) return make;
  }
  throw new Error("The weights don't add up to their sum.");
}

function post(body: string, random: Random): Request {
  const headers = { "content-type": "application/json", "idempotency-key": random.uuid() };
  return { method: "POST", path: "/orders", routeKey: "POST /orders", body, headers };
}

function getProduct(sku: string): Request {
  return {
    method: "GET",
    path: `/products/${sku}`,
    routeKey: "GET /products/{sku}",
    pathParameters: { sku },
  };
}

function getOrder(orderId: string): Request {
  return {
    method: "GET",
    path: `/orders/${orderId}`,
    routeKey: "GET /orders/{orderId}",
    pathParameters: { orderId },
  };
}

function listProducts(random: Random): Request {
  const query = { maxPriceCents: String(random.int(15, 90) * 100), limit: String(random.int(5, 50)) };
  return { method: "GET", path: "/products", routeKey: "GET /products", query };
}

function orderOf(random: Random): object {
  const items = Array.from({ length: random.int(1, 6) }, () => ({
    sku: skuOf(random),
    quantity: random.int(1, 12),
  }));
  return {
    email: `${random.pick(["ada", "grace", "linus", "margaret"])}.${random.hex(4)}@example.com`,
    currency: random.pick(["EUR", "USD"]),
    items,
    ...(random.chance(0.3) && { note: random.pick(["Bitte klingeln", "Vor der Tür 🚪", "It's a gift"]) }),
  };
}

function skuOf(random: Random): string {
  return `${random.pick(PREFIXES)}-${String(random.int(1, 25)).padStart(4, "0")}`;
}

function toEvent(request: Request, index: number, random: Random): ApiEvent {
  const timeEpoch = DAY_START_MS + index * 1_250 + random.int(0, 1_000);
  const sourceIp = random.ip();
  const userAgent = random.pick(AGENTS);
  return {
    version: "2.0",
    routeKey: request.routeKey,
    rawPath: request.path,
    rawQueryString: new URLSearchParams(request.query).toString(),
    headers: {
      accept: "application/json",
      "accept-encoding": "gzip, deflate, br",
      authorization: `Bearer eyJraWQiOiJ${random.hex(24)}`,
      "content-length": String(Buffer.byteLength(request.body ?? "")),
      host: DOMAIN,
      "user-agent": userAgent,
      "x-amzn-trace-id": `Root=1-${Math.floor(timeEpoch / 1_000).toString(16)}-${random.hex(24)}`,
      "x-forwarded-for": sourceIp,
      "x-forwarded-port": "443",
      "x-forwarded-proto": "https",
      ...request.headers,
    },
    ...(request.query && { queryStringParameters: { ...request.query } }),
    ...(request.pathParameters && { pathParameters: { ...request.pathParameters } }),
    requestContext: {
      accountId: ACCOUNT,
      apiId: API_ID,
      authorizer: { jwt: { claims: claimsOf(random, timeEpoch), scopes: ["orders"] } },
      domainName: DOMAIN,
      domainPrefix: API_ID,
      http: { method: request.method, path: request.path, protocol: "HTTP/1.1", sourceIp, userAgent },
      requestId: random.base64(11),
      routeKey: request.routeKey,
      stage: "$default",
      time: gatewayTime(timeEpoch),
      timeEpoch,
    },
    ...bodyOf(request.body, random),
  };
}

/** Some clients send compressed or binary types, and API Gateway then hands the body over as base64. */
function bodyOf(body: string | undefined, random: Random): Pick<ApiEvent, "body" | "isBase64Encoded"> {
  if (body === undefined) return { isBase64Encoded: false };
  if (random.chance(0.75)) return { body, isBase64Encoded: false };
  return { body: Buffer.from(body).toString("base64"), isBase64Encoded: true };
}

function claimsOf(random: Random, timeEpoch: number): Record<string, string> {
  const issued = Math.floor(timeEpoch / 1_000) - random.int(60, 3_000);
  return {
    aud: "6r1m0ukc2bq8d3h5",
    exp: String(issued + 3_600),
    iat: String(issued),
    iss: `https://cognito-idp.${REGION}.amazonaws.com/${REGION}_k3Yp0Qz1d`,
    jti: random.uuid(),
    sub: random.uuid(),
    token_use: "access",
  };
}

/** Such as `17/Jun/2026:06:00:01 +0000`. */
function gatewayTime(timeMs: number): string {
  const [, day, month, year, time] = new Date(timeMs).toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}
