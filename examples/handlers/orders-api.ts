/** Backend of an API Gateway HTTP API (payload format 2.0): routes, validates with zod, answers JSON. */
import type {
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEventV2WithRequestContext,
  APIGatewayProxyStructuredResultV2,
} from "aws-lambda";
import * as z from "zod";

/** The request context with the claims of a JWT authorizer, where the API has one. */
type RequestContext = APIGatewayEventRequestContextV2 & {
  readonly authorizer?: {
    readonly jwt?: { readonly claims: Readonly<Record<string, unknown>>; readonly scopes: readonly string[] };
  };
};
export type ApiEvent = APIGatewayProxyEventV2WithRequestContext<RequestContext>;
export type ApiAnswer = APIGatewayProxyStructuredResultV2;

interface Product {
  readonly sku: string;
  readonly name: string;
  readonly priceCents: number;
}

interface Order {
  readonly orderId: string;
  readonly customer: string;
  readonly status: "accepted";
  readonly totalCents: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly priceCents: number }[];
  readonly placedAt: string;
}

/** A failure the client is told about. */
class HttpError extends Error {
  readonly statusCode: number;
  readonly details: unknown;

  constructor(statusCode: number, message: string, details?: unknown) {
    super(message);
    this.name = "HttpError";
    this.statusCode = statusCode;
    this.details = details;
  }
}

const Sku = z.string().regex(/^[A-Z]{3}-\d{4}$/, "must look like MUG-0001");

const OrderRequest = z.object({
  email: z.email(),
  currency: z.enum(["EUR", "USD"]).default("EUR"),
  items: z
    .array(z.object({ sku: Sku, quantity: z.int().min(1).max(99) }))
    .min(1)
    .max(20),
  note: z.string().max(280).optional(),
});

const ProductQuery = z.object({
  maxPriceCents: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(50).default(10),
});

/** Built once per environment, during init, as a Lambda function would load its configuration. */
const catalogue: ReadonlyMap<string, Product> = loadCatalogue();

/**
 * State of this environment only: it survives from one warm invocation to the next, and the next environment
 * starts without it. Good for caches; what must not be lost belongs into a table.
 */
const ordersById = new Map<string, Order>();
const orderIdByIdempotencyKey = new Map<string, string>();
const MAX_ORDERS_KEPT = 500;

export const handler = async (event: ApiEvent): Promise<ApiAnswer> => {
  try {
    return route(event);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return json(error.statusCode, { message: error.message, details: error.details });
  }
};

function route(event: ApiEvent): ApiAnswer {
  const { method } = event.requestContext.http;
  const [collection, id, ...rest] = event.rawPath.split("/").slice(1);
  if (rest.length > 0) throw new HttpError(404, `Nothing is at ${event.rawPath}`);
  switch (`${method} /${collection ?? ""}${id === undefined ? "" : "/{id}"}`) {
    case "GET /health":
      return json(200, { status: "ok", ordersKept: ordersById.size });
    case "GET /products":
      return json(200, listProducts(event));
    case "GET /products/{id}":
      return json(200, found(catalogue.get(id ?? ""), `No product ${id ?? ""}`));
    case "POST /orders":
      return placeOrder(event);
    case "GET /orders/{id}":
      return json(200, found(ordersById.get(id ?? ""), `No order ${id ?? ""} in this environment`));
    default:
      throw new HttpError(404, `No route for ${method} ${event.rawPath}`);
  }
}

function placeOrder(event: ApiEvent): ApiAnswer {
  // A client that had no answer sends the same key again, and must not buy twice.
  const key = event.headers["idempotency-key"];
  const earlier = ordersById.get(orderIdByIdempotencyKey.get(key ?? "") ?? "");
  if (earlier) return json(200, earlier);

  const request = parse(OrderRequest, readJsonBody(event));
  const lines = request.items.map(({ sku, quantity }) => {
    const { priceCents } = found(catalogue.get(sku), `No product ${sku}`);
    return { sku, quantity, priceCents };
  });
  const order: Order = {
    orderId: crypto.randomUUID(),
    customer: customerOf(event) ?? request.email,
    status: "accepted",
    totalCents: lines.reduce((sum, line) => sum + line.quantity * line.priceCents, 0),
    lines,
    placedAt: new Date().toISOString(),
  };
  keep(order, key);
  console.log("order accepted", order.orderId, order.totalCents);
  return json(201, order, { location: `/orders/${order.orderId}` });
}

function keep(order: Order, idempotencyKey: string | undefined): void {
  ordersById.set(order.orderId, order);
  if (idempotencyKey) orderIdByIdempotencyKey.set(idempotencyKey, order.orderId);
  dropOldest(ordersById);
  dropOldest(orderIdByIdempotencyKey);
}

/** An environment may live for days: whatever grows with each request needs a bound. */
function dropOldest(kept: Map<string, unknown>): void {
  const oldest = kept.keys().next();
  if (kept.size > MAX_ORDERS_KEPT && !oldest.done) kept.delete(oldest.value);
}

function listProducts(event: ApiEvent): { readonly products: readonly Product[] } {
  const { maxPriceCents = Infinity, limit } = parse(ProductQuery, event.queryStringParameters ?? {});
  const affordable = [...catalogue.values()].filter(({ priceCents }) => priceCents <= maxPriceCents);
  return { products: affordable.slice(0, limit) };
}

/** API Gateway hands over bodies it doesn't take for text (and compressed ones) as base64. */
function readJsonBody(event: ApiEvent): unknown {
  const body = event.body ?? "";
  const text = event.isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body;
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, "The body is not JSON");
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const details = result.error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
  throw new HttpError(400, "The request is not valid", details);
}

function found<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new HttpError(404, message);
  return value;
}

function customerOf(event: ApiEvent): string | undefined {
  const subject = event.requestContext.authorizer?.jwt?.claims["sub"];
  return typeof subject === "string" ? subject : undefined;
}

function json(statusCode: number, value: unknown, headers: Readonly<Record<string, string>> = {}): ApiAnswer {
  return {
    statusCode,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(value),
  };
}

function loadCatalogue(): ReadonlyMap<string, Product> {
  const kinds = [
    { prefix: "MUG", name: "Mug", priceCents: 1_290 },
    { prefix: "TEE", name: "T-shirt", priceCents: 2_490 },
    { prefix: "BAG", name: "Tote bag", priceCents: 1_850 },
    { prefix: "LMP", name: "Desk lamp", priceCents: 7_900 },
  ];
  const products = kinds.flatMap(({ prefix, name, priceCents }) =>
    Array.from({ length: 25 }, (_, index) => ({
      sku: `${prefix}-${String(index + 1).padStart(4, "0")}`,
      name: `${name} No. ${index + 1}`,
      priceCents: priceCents + index * 35,
    })),
  );
  return new Map(products.map((product) => [product.sku, product]));
}
