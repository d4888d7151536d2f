import { Redis } from "ioredis";

const redis = new Redis({
  host: "127.0.0.1",
  port: 6379,
  maxRetriesPerRequest: 1,
  retryStrategy: () => null,
  lazyConnect: true,
});

export const handler = async (event: { key: string }) => {
  await redis.connect();
  await redis.set(event.key, "1", "EX", 60);
  return redis.get(event.key);
};
