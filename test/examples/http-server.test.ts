import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningServer, startServer } from "../../examples/http-server.ts";

describe("examples/http-server.ts", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer(0);
  });
  afterAll(() => server.stop());

  const post = (body: unknown) =>
    fetch(`${server.url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  it("takes an order and finds it again in the warm environment", async () => {
    const placed = await post({ email: "ada@example.com", items: [{ sku: "LMP-0001", quantity: 1 }] });
    expect(placed.status).toBe(201);
    const found = await fetch(server.url + placed.headers.get("location")!);
    expect(found.status).toBe(200);
    expect(await found.json()).toMatchObject({ customer: "ada@example.com", totalCents: 7_900 });
  });

  it("passes on queries, and the function's 400 and 404", async () => {
    const list = await fetch(`${server.url}/products?limit=3`);
    expect(await list.json()).toMatchObject({ products: [{}, {}, {}] });
    expect((await post({ email: "ada@example.com", items: [] })).status).toBe(400);
    expect((await fetch(`${server.url}/nothing/here`)).status).toBe(404);
  });

  it("answers many at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        fetch(`${server.url}/products/MUG-${String((n % 25) + 1).padStart(4, "0")}`),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(200));
  });

  it("can be stopped, and then no longer answers", async () => {
    const other = await startServer(0);
    expect((await fetch(`${other.url}/health`)).status).toBe(200);
    await other.stop();
    await expect(fetch(`${other.url}/health`)).rejects.toThrow();
  });
});
