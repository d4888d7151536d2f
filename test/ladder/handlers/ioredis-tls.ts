import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";

const { REDIS_PORT: port, CA: ca } = process.env;

export const handler = async () => {
  const redis = new Redis({ host: "localhost", port: Number(port), tls: { ca, servername: "localhost" } });
  const key = `isolet:${randomUUID()}`;
  const set = await redis.set(key, "Ünïcode", "EX", 60);
  const got = await redis.getdel(key);
  await redis.quit();
  return { set, got };
};
