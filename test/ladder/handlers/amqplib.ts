import amqp from "amqplib";

let connection: ReturnType<typeof amqp.connect> | undefined;

export const handler = async (event: { orders: number }) => {
  const channel = await (
    await (connection ??= amqp.connect("amqp://guest:guest@127.0.0.1:5672"))
  ).createConfirmChannel();
  const { queue } = await channel.assertQueue("", { exclusive: true });
  const received: unknown[] = [];
  const all = new Promise<void>((resolve) => {
    void channel.consume(queue, (message) => {
      if (!message) return;
      received.push([message.content.toString(), message.properties.headers]);
      channel.ack(message);
      if (received.length === event.orders) resolve();
    });
  });
  for (let order = 0; order < event.orders; order++) {
    channel.sendToQueue(queue, Buffer.from(`order ${order} €`), { headers: { order } });
  }
  await channel.waitForConfirms();
  await all;
  await channel.close();
  return received;
};
