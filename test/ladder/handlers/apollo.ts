import { ApolloServer } from "@apollo/server";
import { handlers, startServerAndCreateLambdaHandler } from "@as-integrations/aws-lambda";

const server = new ApolloServer({
  typeDefs: `#graphql
    type Book { title: String! author: String! }
    type Query { books(author: String): [Book!]! fails: Int }
    type Mutation { add(title: String!): Book }
  `,
  resolvers: {
    Query: {
      books: (_: unknown, { author }: { author?: string }) =>
        [
          { title: "Notes", author: "Ada" },
          { title: "Emma", author: "Jane" },
        ].filter((book) => !author || book.author === author),
      fails: () => {
        throw new Error("no");
      },
    },
    Mutation: { add: (_: unknown, { title }: { title: string }) => ({ title, author: "you" }) },
  },
  includeStacktraceInErrorResponses: false,
});

const one = startServerAndCreateLambdaHandler(server, handlers.createAPIGatewayProxyEventV2RequestHandler(), {
  context: async ({ event }) => ({ agent: event.headers["user-agent"] }),
});

export const handler = async (event: { requests: object[] }, context: object) => {
  const answers: unknown[] = [];
  for (const request of event.requests)
    answers.push(await one(request as never, context as never, undefined as never));
  return answers;
};
