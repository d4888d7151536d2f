import { Hono } from "hono";
import { handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import { bearerAuth } from "hono/bearer-auth";
import { cors } from "hono/cors";
import { getCookie, setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";

const app = new Hono<{ Bindings: { event: LambdaEvent; lambdaContext: LambdaContext } }>();
app.use("/api/*", cors({ origin: "https://example.com" }));
app.get("/api/hello/:name", (c) => {
  setCookie(c, "seen", "1", { httpOnly: true });
  return c.json({
    hello: c.req.param("name"),
    q: c.req.query("q"),
    cookie: getCookie(c, "a"),
    version: (c.env.event as { version: string }).version,
  });
});
app.post(
  "/api/items",
  validator("json", (value, c) => (value.name ? value : c.text("no name", 400))),
  (c) => c.json({ made: c.req.valid("json") }, 201),
);
app.use("/admin/*", bearerAuth({ token: "secret" }));
app.get("/admin/me", (c) => c.text("me"));
app.get("/image", (c) => c.body(new Uint8Array([137, 80, 78, 71]), 200, { "content-type": "image/png" }));
app.get("/fail", () => {
  throw new HTTPException(418, { message: "teapot" });
});
app.notFound((c) => c.html(`<p>no ${c.req.path}</p>`, 404));

const one = handle(app);

export const handler = async (event: { requests: LambdaEvent[] }, context: LambdaContext) => {
  const answers: unknown[] = [];
  for (const request of event.requests) answers.push(await one(request, context));
  return answers;
};
