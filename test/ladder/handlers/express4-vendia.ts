import express, { type ErrorRequestHandler } from "express4";
import serverlessExpress from "@vendia/serverless-express";

const app = express();
app.use(express.json());
app.use(express.urlencoded({ extended: true }));
const router = express.Router();
router.get("/hello/:name", (request, response) => {
  response.cookie("seen", "1", { httpOnly: true }).json({
    hello: request.params.name,
    query: request.query,
    ip: request.ip,
    secure: request.secure,
    agent: request.get("user-agent"),
  });
});
router.post("/items", (request, response) => {
  if (!request.body?.name) return void response.status(400).send("no name");
  response.status(201).location("/api/items/1").json({ made: request.body });
});
app.use("/api", router);
app.get("/image", (_request, response) => void response.type("png").send(Buffer.from([137, 80, 78, 71])));
app.get("/away", (_request, response) => response.redirect(302, "/api/hello/there"));
app.get("/fail", () => {
  throw Object.assign(new Error("teapot"), { status: 418 });
});
const onError: ErrorRequestHandler = (error, _request, response, _next) =>
  void response.status(error.status ?? 500).json({ error: error.message });
app.use(onError);

const one = serverlessExpress({ app: app as never, binarySettings: { contentTypes: ["image/png"] } });

export const handler = async (event: { requests: object[] }, context: object) => {
  const answers: unknown[] = [];
  for (const request of event.requests)
    answers.push(await one(request as never, context as never, undefined as never));
  return answers;
};
