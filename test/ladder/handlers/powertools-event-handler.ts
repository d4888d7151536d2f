import { Router, NotFoundError } from "@aws-lambda-powertools/event-handler/http";
import { cors } from "@aws-lambda-powertools/event-handler/http/middleware";
import type { Context } from "aws-lambda";

const app = new Router();
app.use(cors({ origin: "https://example.com" }));
app.get("/todos/:id", async ({ params }) => {
  if (params.id === "0") throw new NotFoundError("no todo");
  return { id: params.id };
});
app.post("/lambda", async ({ req }) => ({
  method: req.method,
  agent: req.headers.get("user-agent"),
  url: new URL(req.url).pathname,
}));

export const handler = async (event: unknown, context: Context) => app.resolve(event, context);
