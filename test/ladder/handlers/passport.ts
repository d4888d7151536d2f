import express from "express";
import jwt from "jsonwebtoken";
import passport from "passport";
import { ExtractJwt, Strategy } from "passport-jwt";
import serverlessHttp from "serverless-http";

const SECRET = "s3cret";
passport.use(
  new Strategy(
    { jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: SECRET, issuer: "ladder" },
    ({ sub }: { sub: string }, done) => done(null, sub === "ada" ? { id: sub } : false),
  ),
);
const app = express();
app.get("/me", passport.authenticate("jwt", { session: false }), (request, response) => {
  response.json(request.user);
});
const serve = serverlessHttp(app);

export const handler = async (event: { subjects: string[]; request: object }, context: object) => {
  const answers: unknown[] = [];
  for (const subject of event.subjects) {
    const token = jwt.sign({}, SECRET, { subject, issuer: subject === "eve" ? "eve" : "ladder" });
    const request = { ...event.request, headers: { authorization: `Bearer ${token}` } };
    answers.push(await serve(request, context));
  }
  return [...answers, await serve(event.request, context)];
};
