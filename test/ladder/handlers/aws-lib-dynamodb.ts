import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";

const client = new DynamoDBClient({});
const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
const TableName = process.env.TABLE ?? "users";

export const handler = async (event: { users: { id: string; name: string; tags?: string[] }[] }) => {
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
  await documents.send(
    new BatchWriteCommand({
      RequestItems: { [TableName]: event.users.map((Item) => ({ PutRequest: { Item } })) },
    }),
  );
  await documents.send(
    new PutCommand({
      TableName,
      Item: {
        id: "nested",
        map: { a: [1, "two", null, true], gone: undefined },
        set: new Set(["x", "y"]),
        bytes: new Uint8Array([7]),
      },
    }),
  );
  await documents.send(
    new UpdateCommand({
      TableName,
      Key: { id: "u1" },
      UpdateExpression: "ADD visits :one SET seen = :now",
      ExpressionAttributeValues: { ":one": 1, ":now": "2026-01-01" },
    }),
  );
  const refused = await documents
    .send(new PutCommand({ TableName, Item: { id: "u1" }, ConditionExpression: "attribute_not_exists(id)" }))
    .catch((error: Error) => error.name);
  const nested = (await documents.send(new GetCommand({ TableName, Key: { id: "nested" } }))).Item;
  const all = await documents.send(new ScanCommand({ TableName, ProjectionExpression: "id, visits" }));
  return {
    nested: { ...nested, set: [...(nested?.set ?? [])].sort(), bytes: nested?.bytes?.length },
    refused,
    all: all.Items?.sort((a, b) => a.id.localeCompare(b.id)),
  };
};
