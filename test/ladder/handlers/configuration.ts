import convict from "convict";
import { cleanEnv, num, str, url } from "envalid";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

const env = cleanEnv(process.env, {
  STAGE: str({ choices: ["dev", "prod"] }),
  LIMIT: num({ default: 5 }),
  SHOP: url(),
});
const config = convict({
  port: { doc: "where", format: "port", default: 80, env: "PORT" },
  db: { host: { format: String, default: "localhost", env: "DB_HOST" } },
});
config.load({ port: 8080 });

const Line = Type.Object({ sku: Type.String({ minLength: 2 }), count: Type.Integer({ default: 1 }) });

export const handler = async (event: { lines: unknown[] }) => ({
  env: { ...env },
  isProd: env.isProduction,
  config: config.validate({ allowed: "strict" }).getProperties(),
  lines: event.lines.map((line) => [
    Value.Default(Line, line),
    Value.Check(Line, line),
    [...Value.Errors(Line, line)].map(({ path }) => path),
  ]),
});
