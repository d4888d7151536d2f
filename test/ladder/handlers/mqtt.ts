import { randomUUID } from "node:crypto";
import mqtt from "mqtt";

export const handler = async (event: { messages: number }) => {
  const client = await mqtt.connectAsync("mqtt://127.0.0.1:1883", {
    reconnectPeriod: 0,
    connectTimeout: 5_000,
  });
  const topic = `isolet/${randomUUID()}`;
  const received: string[] = [];
  const all = new Promise<void>((resolve) => {
    client.on("message", (_topic, bytes) => {
      received.push(bytes.toString());
      if (received.length === event.messages) resolve();
    });
  });
  const granted = await client.subscribeAsync(`${topic}/#`, { qos: 1 });
  for (let n = 0; n < event.messages; n++)
    await client.publishAsync(`${topic}/${n}`, `message ${n} €`, { qos: 1 });
  await all;
  await client.endAsync();
  return { qos: granted.map(({ qos }) => qos), received: received.toSorted() };
};
