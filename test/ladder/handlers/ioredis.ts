import { Redis } from "ioredis";

const redis = new Redis({
  host: "127.0.0.1",
  port: 6379,
  maxRetriesPerRequest: 1,
  retryStrategy: () => null,
  lazyConnect: true,
});
let failure: Error | undefined;
redis.on("error", (error) => (failure = error));

export const handler = async (event: { key: string }) => {
  await redis.connect().catch((error) => {
    throw failure ?? error;
  });
  await redis.set(event.key, "1", "EX", 60);
  return redis.get(event.key);
};
