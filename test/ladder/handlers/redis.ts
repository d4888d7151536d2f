import { randomUUID } from "node:crypto";
import { createClient } from "redis";

const client = createClient({ url: "redis://127.0.0.1:6379", socket: { reconnectStrategy: false } });
client.on("error", () => undefined);

export const handler = async (event: { key: string }) => {
  if (!client.isOpen) await client.connect();
  const key = `isolet:${event.key}:${randomUUID()}`;
  const [set, count] = await client.multi().set(key, "41").incr(key).exec();
  await client.zAdd(`${key}:z`, [
    { score: 1, value: "a" },
    { score: 2, value: "b" },
  ]);
  const range = await client.zRangeWithScores(`${key}:z`, 0, -1);
  await client.del([key, `${key}:z`]);
  return { set, count, range };
};
