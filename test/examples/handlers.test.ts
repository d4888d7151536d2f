import { beforeEach, describe, expect, it, vi } from "vitest";
import { httpApiEvents } from "../../examples/events/http-api.ts";
import { s3Events } from "../../examples/events/s3.ts";
import { scheduledEvents } from "../../examples/events/schedule.ts";
import { sqsEvents } from "../../examples/events/sqs.ts";
import { csvCell, dayBefore, handler as report } from "../../examples/handlers/nightly-report.ts";
import { type ApiEvent, handler as orders } from "../../examples/handlers/orders-api.ts";
import { decodeKey, handler as index, toChange } from "../../examples/handlers/s3-media-index.ts";
import { handler as fulfil, pack } from "../../examples/handlers/sqs-fulfilment.ts";

// Handlers log what they do, as they would in Lambda; a test report needs none of it.
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

const [template] = httpApiEvents(1).map(({ event }) => event);

function request(method: string, path: string, rest: Partial<ApiEvent> = {}): ApiEvent {
  const { body: _body, queryStringParameters: _query, ...bare } = template!;
  const { requestContext } = bare;
  const http = { ...requestContext.http, method, path };
  return {
    ...bare,
    rawPath: path,
    isBase64Encoded: false,
    requestContext: { ...requestContext, http },
    ...rest,
  };
}

async function call(method: string, path: string, rest?: Partial<ApiEvent>) {
  const { statusCode, headers, body } = await orders(request(method, path, rest));
  return { statusCode, headers, body: JSON.parse(body ?? "null") };
}

const order = { email: "ada@example.com", items: [{ sku: "MUG-0001", quantity: 2 }] };
const post = (body: unknown, rest: Partial<ApiEvent> = {}) =>
  call("POST", "/orders", { body: JSON.stringify(body), headers: {}, ...rest });

describe("orders-api", () => {
  it("accepts an order, answers where it is, and finds it again", async () => {
    const placed = await post(order);
    expect(placed).toMatchObject({ statusCode: 201, body: { status: "accepted", totalCents: 2_580 } });
    expect(placed.headers?.["location"]).toBe(`/orders/${placed.body.orderId}`);

    const again = await call("GET", `/orders/${placed.body.orderId}`);
    expect(again).toMatchObject({ statusCode: 200, body: placed.body });
  });

  it("takes the customer from the JWT's subject, or from the order where there is no authorizer", async () => {
    const { requestContext } = request("POST", "/orders");
    const subject = requestContext.authorizer?.jwt?.claims["sub"];
    expect((await post(order)).body.customer).toBe(subject);

    const { authorizer: _none, ...open } = requestContext;
    expect((await post(order, { requestContext: open })).body.customer).toBe("ada@example.com");
  });

  it("reads a base64 body as the text it stands for", async () => {
    const body = Buffer.from(JSON.stringify({ ...order, note: "Vor der Tür 🚪" })).toString("base64");
    const answer = await call("POST", "/orders", { body, isBase64Encoded: true, headers: {} });
    expect(answer.statusCode).toBe(201);
  });

  it("does not place an order twice under one idempotency key", async () => {
    const headers = { "idempotency-key": "k-1" };
    const first = await post(order, { headers });
    const second = await post(order, { headers });
    expect([first.statusCode, second.statusCode]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
  });

  it("forgets the oldest orders, not the newest", async () => {
    const oldest = await post(order);
    for (let count = 0; count < 500; count += 1) await post(order);
    const newest = await post(order);
    expect((await call("GET", `/orders/${oldest.body.orderId}`)).statusCode).toBe(404);
    expect((await call("GET", `/orders/${newest.body.orderId}`)).statusCode).toBe(200);
    expect((await call("GET", "/health")).body.ordersKept).toBe(500);
  });

  it("names every field that is wrong", async () => {
    const answer = await post({ email: "nobody", items: [{ sku: "mug", quantity: 0 }] });
    expect(answer.statusCode).toBe(400);
    expect(answer.body.details.map(({ field }: { field: string }) => field)).toEqual([
      "email",
      "items.0.sku",
      "items.0.quantity",
    ]);
  });

  it.each([
    ["a body that is not JSON", { body: '{"email":' }],
    ["no body at all", {}],
    ["base64 of something else", { body: "////", isBase64Encoded: true }],
  ])("answers 400 to %s", async (_what, rest) => {
    expect((await call("POST", "/orders", { headers: {}, ...rest })).statusCode).toBe(400);
  });

  it.each([
    ["GET", "/products/XXX-0001"],
    ["GET", "/orders/unknown"],
    ["DELETE", "/orders/unknown"],
    ["GET", "/"],
    ["GET", "/products/MUG-0001/reviews"],
  ])("answers 404 to %s %s", async (method, path) => {
    expect((await call(method, path)).statusCode).toBe(404);
  });

  it("lists products by price and limit, and refuses a limit that is no number", async () => {
    const list = await call("GET", "/products", {
      queryStringParameters: { maxPriceCents: "1300", limit: "5" },
    });
    expect(list.body.products).toEqual([{ sku: "MUG-0001", name: "Mug No. 1", priceCents: 1_290 }]);
    const bad = await call("GET", "/products", { queryStringParameters: { limit: "many" } });
    expect(bad.statusCode).toBe(400);
  });
});

describe("sqs-fulfilment", () => {
  const message = (messageId: string, body: string) => ({
    ...sqsEvents(1)[0]!.event.Records[0]!,
    messageId,
    body,
  });
  const good = JSON.stringify({
    orderId: "o-1",
    warehouse: "BER",
    lines: [{ sku: "MUG-0001", quantity: 2, gramsEach: 400 }],
  });

  it("sends back exactly the messages that failed", async () => {
    const Records = [
      message("good-1", good),
      message("not-json", good.slice(0, -3)),
      message("closed", good.replace("BER", "LHR")),
      message("no-lines", JSON.stringify({ orderId: "o-2", warehouse: "BER" })),
      message("negative", good.replace('"quantity":2', '"quantity":-2')),
      message("good-2", good),
      message("too-heavy", good.replace("400", "48000")),
    ];
    const { batchItemFailures } = await fulfil({ Records });
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      "not-json",
      "closed",
      "no-lines",
      "negative",
      "too-heavy",
    ]);
  });

  it("fills parcels to their limit, heaviest first", () => {
    const lines = [
      { sku: "light", quantity: 1, gramsEach: 5_000 },
      { sku: "heavy", quantity: 2, gramsEach: 15_000 },
    ];
    expect(pack({ orderId: "o", warehouse: "DUB", lines })).toEqual([
      { skus: ["heavy", "light"], grams: 20_000 },
      { skus: ["heavy"], grams: 15_000 },
    ]);
  });
});

describe("s3-media-index", () => {
  const record = (key: string, rest: object = {}) => {
    const [first] = s3Events(1);
    const base = first!.event.Records[0]!;
    const object = { key, size: 200_000, eTag: "e", sequencer: "0A", ...rest };
    return { ...base, eventName: "ObjectCreated:Put", s3: { ...base.s3, object } };
  };

  it("decodes keys as S3 encodes them", () => {
    expect(decodeKey("uploads/a/Gr%C3%B6%C3%9Fe+100%25+%2B+1.jpg")).toBe("uploads/a/Größe 100% + 1.jpg");
  });

  it("derives what an index needs from the key and the size", () => {
    expect(toChange(record("uploads/kontor/2026/06/Caf%C3%A9+terrace.JPG"))).toMatchObject({
      action: "put",
      key: "uploads/kontor/2026/06/Café terrace.JPG",
      asset: {
        owner: "kontor",
        title: "Café terrace",
        contentType: "image/jpeg",
        terms: ["cafe", "terrace"],
        renditions: [160, 480, 1_080, 1_920].map((width) => ({
          key: `renditions/kontor/2026/06/Café terrace-${width}w.webp`,
          width,
        })),
      },
    });
  });

  it("plans no rendition wider than the file is good for, and none of what is no picture", () => {
    const widths = (key: string, size: number) => {
      const change = toChange(record(key, { size }));
      return change.action === "put" && change.asset.renditions.map(({ width }) => width);
    };
    expect(widths("uploads/a/small.png", 50_000)).toEqual([160, 480]);
    expect(widths("uploads/a/film.mp4", 5_000_000)).toEqual([]);
    expect(widths("uploads/a/no-extension", 5_000_000)).toEqual([]);
  });

  it("passes over a notification that comes after a newer one", async () => {
    const key = "uploads/press/late.png";
    const send = (sequencer: string) => index({ Records: [record(key, { sequencer })] });
    expect(await send("0055AED6DCD9")).toHaveLength(1);
    expect(await send("0055AED6DCD8FF")).toEqual([]);
    expect(await send("0055AED6DCD9")).toEqual([]);
    expect(await send("0055AED6DCD901")).toHaveLength(1);
  });
});

describe("nightly-report", () => {
  it("reports on the day before the event, the same on every run", async () => {
    const [first] = scheduledEvents(1);
    const once = await report(first!.event);
    expect(once).toMatchObject({ day: "2026-06-16", sales: 1_500 });
    expect(await report(first!.event)).toEqual(once);
    expect(once.markdown.split("\n")[0]).toBe("# Sales of 2026-06-16");
    expect(once.csv.split("\r\n")).toHaveLength(1 + 12 + 1);
  });

  it("has rows that add up to the whole", async () => {
    const { csv, sales, revenueCents } = await report(scheduledEvents(2)[1]!.event);
    const rows = csv
      .trim()
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(","));
    expect(rows.reduce((sum, row) => sum + Number(row[2]), 0)).toBe(sales);
    expect(rows.reduce((sum, row) => sum + Math.round(Number(row[3]) * 100), 0)).toBe(revenueCents);
  });

  it("crosses months, and refuses what is no date", () => {
    expect(dayBefore("2026-03-01T06:00:00Z")).toBe("2026-02-28");
    expect(() => dayBefore("yesterday")).toThrow(RangeError);
  });

  it("quotes a CSV cell only where it must", () => {
    expect(["plain", 'a "b"', "a,b", "a\nb", 7].map(csvCell)).toEqual([
      "plain",
      '"a ""b"""',
      '"a,b"',
      '"a\nb"',
      "7",
    ]);
  });
});
