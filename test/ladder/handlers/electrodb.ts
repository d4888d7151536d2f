import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Entity } from "electrodb";

const client = new DynamoDBClient({});
const Tasks = new Entity(
  {
    model: { entity: "task", version: "1", service: "board" },
    attributes: {
      team: { type: "string", required: true },
      task: { type: "string", required: true },
      points: { type: "number", default: 1 },
      status: { type: ["open", "closed"] as const, default: "open" },
    },
    indexes: {
      tasks: { pk: { field: "pk", composite: ["team"] }, sk: { field: "sk", composite: ["task"] } },
    },
  },
  { client, table: "board" },
);

export const handler = async (event: { team: string; tasks: string[] }) => {
  await client.send(
    new CreateTableCommand({
      TableName: "board",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (const task of event.tasks) await Tasks.create({ team: event.team, task }).go();
  await Tasks.patch({ team: event.team, task: event.tasks[0] ?? "" })
    .add({ points: 4 })
    .set({ status: "closed" })
    .go();
  const { data } = await Tasks.query
    .tasks({ team: event.team })
    .where(({ points }, { gt }) => gt(points, 0))
    .go();
  const wrong = await Tasks.create({ team: event.team, task: "x", status: "lost" as never })
    .go()
    .catch((error: Error) => error.message.split(" - ")[0]);
  return { data, wrong };
};
