import pg from "pg";

const { POSTGRESQL_PORT: port, CA: ca } = process.env;
const target = { host: "localhost", port: Number(port), user: "postgres", database: "test" };
const pool = new pg.Pool({ ...target, ssl: { ca } });

export const handler = async (event: { id: number }) => {
  const { rows } = await pool.query("SELECT $1::int AS id, repeat('€', 100000) AS text", [event.id]);
  // Nobody has signed for it in the eyes of one who doesn't know the authority.
  const stranger = new pg.Client({ ...target, ssl: true });
  const refused = await stranger.connect().catch((error: Error & { code: string }) => error.code);
  await pool.end();
  return { rows, refused };
};
