import middy from "@middy/core";
import cors from "@middy/http-cors";
import httpErrorHandler from "@middy/http-error-handler";
import httpEventNormalizer from "@middy/http-event-normalizer";
import httpHeaderNormalizer from "@middy/http-header-normalizer";
import jsonBodyParser from "@middy/http-json-body-parser";
import securityHeaders from "@middy/http-security-headers";
import validator from "@middy/validator";
import { transpileSchema } from "@middy/validator/transpile";
import type { APIGatewayProxyEvent } from "aws-lambda";

const eventSchema = {
  type: "object",
  required: ["body"],
  properties: {
    body: {
      type: "object",
      required: ["name", "creditCard"],
      properties: {
        name: { type: "string" },
        creditCard: { type: "string", minLength: 12, maxLength: 19 },
        count: { type: "integer", default: 1 },
      },
    },
  },
};

const process = async (
  event: Omit<APIGatewayProxyEvent, "body"> & { body: { name: string; creditCard: string; count: number } },
) => {
  const { name, creditCard, count } = event.body;
  return {
    statusCode: 200,
    headers: { "x-count": String(count) },
    body: JSON.stringify({
      result: "success",
      message: `charged ${name}'s ${creditCard.slice(-4)}`,
      query: event.queryStringParameters,
    }),
  };
};

const checkout = middy()
  .use(httpEventNormalizer())
  .use(httpHeaderNormalizer())
  .use(jsonBodyParser())
  .use(validator({ eventSchema: transpileSchema(eventSchema) }))
  .use(cors({ origin: "https://shop.example.com", credentials: true }))
  .use(securityHeaders())
  .use(httpErrorHandler({ logger: false }))
  .handler(process);

const event = (body: unknown) => ({
  httpMethod: "POST",
  headers: { "content-type": "application/json", origin: "https://shop.example.com" },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

export const handler = async (bodies: unknown[], context: object) => {
  const answers: unknown[] = [];
  for (const body of bodies) answers.push(await checkout(event(body) as never, context as never));
  return answers;
};
