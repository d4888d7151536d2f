import { Ajv } from "ajv";
import formatsPlugin from "ajv-formats";

const ajv = new Ajv({ allErrors: true, useDefaults: true });
formatsPlugin.default(ajv);

const validate = ajv.compile({
  type: "object",
  required: ["id", "email", "createdAt"],
  additionalProperties: false,
  properties: {
    id: { type: "string", format: "uuid" },
    email: { type: "string", format: "email" },
    createdAt: { type: "string", format: "date-time" },
    plan: { enum: ["free", "pro"], default: "free" },
  },
});

export const handler = async (event: { users: Record<string, unknown>[] }) =>
  event.users.map((user) => ({ valid: validate(user), user, errors: validate.errors ?? null }));
