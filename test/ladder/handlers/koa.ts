import Router from "@koa/router";
import Koa from "koa";
import serverless from "serverless-http";

const app = new Koa();
const router = new Router();
router.get("/api/hello/:name", (ctx) => {
  ctx.cookies.set("seen", "1");
  ctx.body = { hello: ctx.params.name, query: ctx.query, host: ctx.host };
});
router.post("/api/items", async (ctx) => {
  let text = "";
  for await (const chunk of ctx.req) text += String(chunk);
  ctx.status = 201;
  ctx.body = { made: JSON.parse(text) };
});
router.get("/image", (ctx) => {
  ctx.type = "png";
  ctx.body = Buffer.from([137, 80, 78, 71]);
});
router.get("/fail", (ctx) => ctx.throw(418, "teapot"));
app.silent = true;
app.use(async (ctx, next) => {
  await next();
  ctx.set("x-powered", "koa");
});
app.use(router.routes()).use(router.allowedMethods());

const one = serverless(app, { binary: ["image/png"] });

export const handler = async (event: { requests: object[] }, context: object) => {
  const answers: unknown[] = [];
  for (const request of event.requests) answers.push(await one(request, context));
  return answers;
};
