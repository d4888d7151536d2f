import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  NotFoundException,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const sns = new SNSClient({});
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

export const handler = async (event: { message: string }) => {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "news" }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "readers" }));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: "sqs",
      Endpoint: "arn:aws:sqs:us-east-1:000000000000:readers",
      Attributes: { RawMessageDelivery: "true" },
    }),
  );
  const published = await sns.send(
    new PublishCommand({
      TopicArn,
      Message: event.message,
      Subject: "hi",
      MessageAttributes: { n: { DataType: "Number", StringValue: "1" } },
    }),
  );
  const batch = await sns.send(
    new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [{ Id: "a", Message: "one" }] }),
  );
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  const none = await sns
    .send(new PublishCommand({ TopicArn: `${TopicArn}-none`, Message: "x" }))
    .catch((error: Error) => [error.name, error instanceof NotFoundException]);
  return {
    TopicArn,
    id: published.MessageId?.length,
    batch: batch.Successful?.length,
    bodies: Messages.map(({ Body }) => Body).sort(),
    subscriptions: Subscriptions?.map(({ Protocol, Endpoint }) => [Protocol, Endpoint]),
    none,
  };
};
