import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

const client = new SQSClient({ useQueueUrlAsEndpoint: false });

export const handler = async (event: { bodies: string[] }) => {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: "jobs", Attributes: { VisibilityTimeout: "30" } }),
  );
  const sent = await client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: "first",
      MessageAttributes: { kind: { DataType: "String", StringValue: "job" } },
    }),
  );
  await client.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: event.bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
    }),
  );
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 0,
      MessageAttributeNames: ["All"],
    }),
  );
  const deleted = await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl,
      Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
    }),
  );
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages", "QueueArn"] }),
  );
  const none = await client
    .send(new GetQueueUrlCommand({ QueueName: "none" }))
    .catch((error: Error) => [error.name, error instanceof QueueDoesNotExist]);
  return {
    md5: sent.MD5OfMessageBody,
    bodies: Messages.map(({ Body }) => Body).sort(),
    kinds: Messages.flatMap(({ MessageAttributes }) => MessageAttributes?.kind?.StringValue ?? []),
    deleted: deleted.Successful?.length,
    Attributes,
    none,
  };
};
