import compression from "compression";
import cookieParser from "cookie-parser";
import cors from "cors";
import express, { type NextFunction, type Request, type Response } from "express";
import helmet from "helmet";
import createError, { isHttpError } from "http-errors";
import serverlessHttp from "serverless-http";

const app = express();
app.use(helmet(), cors({ origin: /example\.com$/, credentials: true }), cookieParser("secret"));
app.use(compression({ threshold: 0 }));
app.get("/me", (request, response) => {
  response
    .cookie("seen", "1", { httpOnly: true, signed: true })
    .json({ cookies: request.cookies as unknown });
});
app.get("/long", (_, response) => void response.type("text").send("all work ".repeat(500)));
app.get("/teapot", () => {
  throw createError(418, "short and stout", { expose: true, headers: { "x-pot": "tea" } });
});
app.use((error: unknown, _: Request, response: Response, next: NextFunction) => {
  if (!isHttpError(error)) return next(error);
  response
    .status(error.status)
    .set(error.headers ?? {})
    .json({ message: error.message, name: error.name });
});

const serve = serverlessHttp(app, { binary: ["text/plain"] });
export const handler = async (event: { requests: object[] }, context: object) => {
  const answers: unknown[] = [];
  for (const request of event.requests) answers.push(await serve(request, context));
  return answers;
};
