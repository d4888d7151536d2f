import { initTRPC, TRPCError } from "@trpc/server";
import { awsLambdaRequestHandler } from "@trpc/server/adapters/aws-lambda";
import { z } from "zod";

const t = initTRPC.context<{ readonly user: string | undefined }>().create();
const signedIn = t.procedure.use(({ ctx, next }) => {
  if (ctx.user === undefined) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { user: ctx.user } });
});

const router = t.router({
  greet: t.procedure.input(z.object({ name: z.string() })).query(({ input }) => ({ hello: input.name })),
  orders: t.router({
    add: signedIn
      .input(z.object({ total: z.number().positive() }))
      .mutation(({ input, ctx }) => ({ by: ctx.user, total: input.total })),
  }),
});

const one = awsLambdaRequestHandler({
  router,
  createContext: ({ event }) => ({ user: event.headers["x-user"] }),
});

export const handler = async (event: { requests: object[] }, context: object) => {
  const answers: unknown[] = [];
  for (const request of event.requests) {
    const answer = (await one(request as never, context as never)) as { statusCode: number; body: string };
    const body = JSON.parse(answer.body) as { error?: { data: { stack?: string } } };
    if (body.error) delete body.error.data.stack;
    answers.push({ ...answer, body });
  }
  return answers;
};
