import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  paginateScan,
} from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient({});
const TableName = "orders";

export const handler = async (event: { orders: { customer: string; id: number; total: string }[] }) => {
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [
        { AttributeName: "customer", AttributeType: "S" },
        { AttributeName: "id", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "customer", KeyType: "HASH" },
        { AttributeName: "id", KeyType: "RANGE" },
      ],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  for (let status = ""; status !== "ACTIVE";) {
    status = (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus ?? "";
  }
  for (const { customer, id, total } of event.orders)
    await client.send(
      new PutItemCommand({
        TableName,
        Item: {
          customer: { S: customer },
          id: { N: String(id) },
          total: { N: total },
          raw: { B: new Uint8Array([1, 2, id]) },
        },
      }),
    );
  const twice = await client
    .send(
      new PutItemCommand({
        TableName,
        Item: { customer: { S: "ada" }, id: { N: "1" } },
        ConditionExpression: "attribute_not_exists(customer)",
      }),
    )
    .catch((error: Error) => [error instanceof ConditionalCheckFailedException, error.name, error.message]);
  const updated = await client.send(
    new UpdateItemCommand({
      TableName,
      Key: { customer: { S: "ada" }, id: { N: "1" } },
      UpdateExpression: "SET #t = #t + :more",
      ExpressionAttributeNames: { "#t": "total" },
      ExpressionAttributeValues: { ":more": { N: "5" } },
      ReturnValues: "ALL_NEW",
    }),
  );
  const { Items } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "customer = :c",
      ExpressionAttributeValues: { ":c": { S: "ada" } },
      ScanIndexForward: false,
    }),
  );
  let pages = 0;
  for await (const page of paginateScan({ client, pageSize: 1 }, { TableName })) pages += page.Count ?? 0;
  await client.send(new DeleteTableCommand({ TableName }));
  return {
    twice,
    updated: updated.Attributes,
    ids: Items?.map(({ id, raw }) => [id?.N, raw?.B?.length]),
    pages,
  };
};
