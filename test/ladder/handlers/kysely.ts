import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";

interface Database {
  orders: { id: number; customer: string; total: number };
}

const kysely = new Kysely<Database>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

export const handler = async (event: { customer: string }) => {
  const compiled = kysely
    .selectFrom("orders")
    .select(({ fn }) => ["customer", fn.sum<number>("total").as("sum")])
    .where("customer", "in", [event.customer, "bob"])
    .groupBy("customer")
    .having(({ fn }) => fn.countAll(), ">", 1)
    .compile();
  const none = await kysely.selectFrom("orders").selectAll().execute();
  return { compiled: [compiled.sql, compiled.parameters], none };
};
