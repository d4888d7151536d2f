import middy from "@middy/core";
import httpErrorHandler from "@middy/http-error-handler";
import httpRouter from "@middy/http-router";
import inputOutputLogger from "@middy/input-output-logger";
import errorLogger from "@middy/error-logger";
import responseSerializer from "@middy/http-response-serializer";
import { createError } from "@middy/util";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

const users = middy<APIGatewayProxyEventV2>().handler(async (event) => ({
  statusCode: 200,
  body: { id: event.pathParameters?.id } as never,
}));
const fails = middy().handler(async () => {
  throw createError(422, "can't be done", { expose: true });
});

export const handler = middy<APIGatewayProxyEventV2>()
  .use(
    inputOutputLogger({ logger: (line) => console.log(JSON.stringify(line)), omitPaths: ["event.headers"] }),
  )
  .use(errorLogger({ logger: (error) => console.log(`failed: ${(error as Error).message}`) }))
  .use(
    responseSerializer({
      serializers: [{ regex: /^application\/json$/, serializer: ({ body }) => JSON.stringify(body) }],
      defaultContentType: "application/json",
    }),
  )
  .use(httpErrorHandler({ logger: false }))
  .handler(
    httpRouter([
      { method: "GET", path: "/users/{id}", handler: users },
      { method: "POST", path: "/lambda", handler: fails },
    ]) as never,
  );
