import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";

const client = new EventBridgeClient({ maxAttempts: 3 });

export const handler = async (event: { orders: string[] }) => {
  const { Entries, FailedEntryCount } = await client.send(
    new PutEventsCommand({
      Entries: event.orders.map((order) => ({
        Source: "shop",
        DetailType: "OrderPlaced",
        Detail: JSON.stringify({ order }),
        Time: new Date(0),
        EventBusName: "main",
      })),
    }),
  );
  return { ids: Entries?.map(({ EventId, ErrorCode }) => EventId ?? ErrorCode), FailedEntryCount };
};
