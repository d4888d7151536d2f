import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
  InvokeModelCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";

const bedrock = new BedrockRuntimeClient({ maxAttempts: 1 });
const kinesis = new KinesisClient({ maxAttempts: 1 });

export const handler = async (event: { prompt: string; orders: object[] }) => {
  const answer = await bedrock.send(
    new InvokeModelCommand({
      modelId: "model",
      body: JSON.stringify({ prompt: event.prompt }),
      contentType: "application/json",
    }),
  );
  const streamed = await bedrock.send(
    new ConverseStreamCommand({
      modelId: "model",
      messages: [{ role: "user", content: [{ text: event.prompt }] }],
    }),
  );
  const words: (string | undefined)[] = [];
  for await (const part of streamed.stream ?? [])
    words.push(part.contentBlockDelta?.delta?.text ?? part.messageStop?.stopReason);
  const put = await kinesis.send(
    new PutRecordsCommand({
      StreamName: "orders",
      Records: event.orders.map((order, index) => ({
        Data: Buffer.from(JSON.stringify(order)),
        PartitionKey: `k${index}`,
      })),
    }),
  );
  const refused = await bedrock
    .send(new InvokeModelCommand({ modelId: "none", body: "{}" }))
    .catch((error: Error) => [error.name, error.message]);
  return {
    answer: JSON.parse(answer.body.transformToString()) as unknown,
    words,
    put: [put.FailedRecordCount, put.Records],
    refused,
  };
};
