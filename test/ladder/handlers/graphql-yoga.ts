import { createSchema, createYoga } from "graphql-yoga";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

const yoga = createYoga({
  graphqlEndpoint: "/graphql",
  landingPage: false,
  logging: false,
  schema: createSchema({
    typeDefs: `type Query { hello(name: String = "world"): String fails: Int } type Mutation { shout(text: String!): String }`,
    resolvers: {
      Query: { hello: (_, { name }) => `hello ${name}`, fails: () => Promise.reject(new Error("hidden")) },
      Mutation: { shout: (_, { text }) => text.toUpperCase() },
    },
  }),
});

export const handler = async (event: { requests: APIGatewayProxyEventV2[] }) => {
  const answers: unknown[] = [];
  for (const request of event.requests) {
    const response = await yoga.fetch(
      `https://${request.requestContext.domainName}${request.rawPath}?${request.rawQueryString}`,
      {
        method: request.requestContext.http.method,
        headers: request.headers as Record<string, string>,
        ...(request.body && { body: request.body }),
      },
    );
    answers.push({
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    });
  }
  return answers;
};
