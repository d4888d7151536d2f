import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";

const redis = new Redis({
  host: "127.0.0.1",
  port: 6379,
  maxRetriesPerRequest: 1,
  lazyConnect: true,
  retryStrategy: () => null,
});
let failure: Error | undefined;
redis.on("error", (error) => (failure = error));

export const handler = async (event: { key: string }) => {
  await redis.connect().catch((error) => {
    throw failure ?? error;
  });
  const key = `isolet:${event.key}:${randomUUID()}`;
  await redis.set(key, "1", "EX", 60);
  const counts = await Promise.all(Array.from({ length: 50 }, () => redis.incr(key)));
  const results = await redis
    .pipeline()
    .hset(`${key}:h`, { a: "1", b: "Ünïcode" })
    .hgetall(`${key}:h`)
    .exec();
  const subscriber = redis.duplicate();
  const heard = new Promise((resolve) => subscriber.once("message", (_channel, text) => resolve(text)));
  await subscriber.subscribe(key);
  await redis.publish(key, "news");
  const bytes = await redis.set(`${key}:b`, Buffer.alloc(500_000, 7)).then(() => redis.getBuffer(`${key}:b`));
  const wrong = await redis.lpush(key, "x").catch((error: Error) => error.message);
  await redis.del(key, `${key}:h`, `${key}:b`);
  const news = await heard;
  subscriber.disconnect();
  return { last: counts.at(-1), results, news, bytes: bytes?.length, wrong };
};
