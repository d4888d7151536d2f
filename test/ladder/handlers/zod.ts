import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { z } from "zod";

const Order = z.object({
  customer: z.email(),
  currency: z.enum(["EUR", "USD"]).default("EUR"),
  lines: z
    .array(
      z.object({ sku: z.string().regex(/^[A-Z]{2}-\d+$/), quantity: z.coerce.number().int().positive() }),
    )
    .min(1),
  placedAt: z.iso.datetime().transform((text) => new Date(text)),
});

export const handler = async (event: APIGatewayProxyEventV2) => {
  const parsed = Order.safeParse(JSON.parse(event.body ?? "{}"));
  const wrong = Order.safeParse({ customer: "nobody", lines: [], placedAt: "yesterday" });
  if (!parsed.success) return { statusCode: 400, body: JSON.stringify(z.flattenError(parsed.error)) };
  return {
    statusCode: 200,
    body: JSON.stringify({
      order: parsed.data,
      issues: wrong.error?.issues,
      schema: z.toJSONSchema(z.object({ a: z.string() })),
    }),
  };
};
