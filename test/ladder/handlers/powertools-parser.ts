import { parser } from "@aws-lambda-powertools/parser/middleware";
import { SqsEnvelope } from "@aws-lambda-powertools/parser/envelopes/sqs";
import { APIGatewayProxyEventSchema } from "@aws-lambda-powertools/parser/schemas/api-gateway";
import { SqsSchema } from "@aws-lambda-powertools/parser/schemas/sqs";
import { JSONStringified } from "@aws-lambda-powertools/parser/helpers";
import middy from "@middy/core";
import { z } from "zod";

const parse = middy(async (event: { success: boolean; data?: string[]; error?: Error }) => ({
  success: event.success,
  data: event.data,
  error: event.error?.name,
})).use(parser({ schema: z.string(), envelope: SqsEnvelope, safeParse: true }) as never);

export const handler = async (event: unknown, context: unknown) => ({
  enveloped: await parse(event as never, context as never),
  whole: SqsSchema.parse(event).Records.map(({ messageId, attributes }) => [
    messageId,
    attributes.SentTimestamp,
  ]),
  json: JSONStringified(z.object({ message: z.string() })).safeParse('{"message": "hi"}'),
  wrong: APIGatewayProxyEventSchema.safeParse(event).success,
});
