import build from "fast-json-stringify";

const stringify = build({
  type: "object",
  properties: {
    id: { type: "integer" },
    name: { type: "string" },
    at: { type: "string", format: "date-time" },
    tags: { type: "array", items: { type: "string" } },
  },
  required: ["id"],
});

export const handler = async (event: object) => ({
  text: stringify({ ...event, at: new Date(0), secret: "x" }),
  missing: (() => {
    try {
      return stringify({});
    } catch (error) {
      return (error as Error).message;
    }
  })(),
});
