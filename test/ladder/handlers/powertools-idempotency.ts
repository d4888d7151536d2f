import { makeIdempotent, IdempotencyConfig } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Context } from "aws-lambda";

const TableName = "idempotency";
const client = new DynamoDBClient({});
const store = new DynamoDBPersistenceLayer({ tableName: TableName, awsSdkV3Client: client });
const config = new IdempotencyConfig({
  eventKeyJmesPath: "paymentId",
  useLocalCache: false,
  payloadValidationJmesPath: "amount",
});

let charges = 0;
const charge = makeIdempotent(
  async (payment: { paymentId: string; amount: number }) => ({ charge: ++charges, amount: payment.amount }),
  {
    persistenceStore: store,
    config,
  },
);

export const handler = async (
  event: { payments: { paymentId: string; amount: number }[] },
  context: Context,
) => {
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.2 } as never, {
    TableName,
  });
  config.registerLambdaContext(context);
  const answers: unknown[] = [];
  for (const payment of event.payments)
    answers.push(await charge(payment).catch((error: Error) => error.name));
  const kept = await DynamoDBDocumentClient.from(client).send(new ScanCommand({ TableName }));
  return {
    answers,
    charges,
    kept: kept.Items?.map(({ id, status, data }) => ({ id, status, data })).sort((a, b) =>
      String(a.id).localeCompare(String(b.id)),
    ),
  };
};
