import { mergeSchemas, makeExecutableSchema } from "@graphql-tools/schema";
import { graphql, printSchema } from "graphql";

const orders = makeExecutableSchema({
  typeDefs: `scalar Date
    type Order { id: ID! total: Float placed: Date }
    type Query { order(id: ID!): Order }`,
  resolvers: {
    Query: { order: (_: unknown, { id }: { id: string }) => ({ id, total: 3.5, placed: new Date(0) }) },
    Order: { placed: ({ placed }: { placed: Date }) => placed.toISOString() },
  },
});
const stock = makeExecutableSchema({
  typeDefs: `enum Size { SMALL LARGE } type Query { inStock(size: Size = SMALL): Int! }`,
  resolvers: {
    Size: { SMALL: 1, LARGE: 2 },
    Query: { inStock: (_: unknown, { size }: { size: number }) => size * 10 },
  },
});
const schema = mergeSchemas({ schemas: [orders, stock] });

export const handler = async (event: { queries: string[] }) => ({
  answers: await Promise.all(event.queries.map((source) => graphql({ schema, source }))),
  schema: printSchema(schema),
});
