import awsLambdaFastify from "@fastify/aws-lambda";
import Fastify from "fastify";

const app = Fastify();
app.addHook("onSend", async (_request, reply) => void reply.header("x-powered", "fastify"));
app.get<{ Params: { name: string } }>("/api/hello/:name", async (request) => ({
  hello: request.params.name,
  query: request.query,
}));
app.post(
  "/api/items",
  { schema: { body: { type: "object", required: ["name"], properties: { name: { type: "string" } } } } },
  async (request, reply) => {
    void reply.code(201);
    return { made: request.body };
  },
);
app.get("/image", async (_request, reply) => reply.type("image/png").send(Buffer.from([137, 80, 78, 71])));
app.get("/fail", async () => {
  throw Object.assign(new Error("teapot"), { statusCode: 418 });
});

const proxy = awsLambdaFastify(app, { binaryMimeTypes: ["image/png"], decorateRequest: true });
await app.ready();

export const handler = async (event: { requests: object[] }, context: object) => {
  const answers: unknown[] = [];
  for (const request of event.requests) answers.push(await proxy(request, context as never));
  return answers;
};
