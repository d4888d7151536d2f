import pg from "pg";
import Cursor from "pg-cursor";

const pool = new pg.Pool({
  host: "127.0.0.1",
  port: 5432,
  user: "postgres",
  database: "test",
  max: 3,
  connectionTimeoutMillis: 5_000,
});

export const handler = async (event: { id: number }) => {
  const client = await pool.connect();
  const notices: string[] = [];
  client.on("notice", ({ message }) => notices.push(message ?? ""));
  try {
    await client.query("BEGIN");
    await client.query(
      "CREATE TEMP TABLE users (id int PRIMARY KEY, name text, data jsonb, at timestamptz) ON COMMIT DROP",
    );
    await client.query("DROP TABLE IF EXISTS pg_temp.nothing_of_that_name");
    for (let id = 1; id <= 20; id++) {
      const data = { id, text: "Ünïcode €".repeat(id) };
      await client.query("INSERT INTO users VALUES ($1, $2, $3, $4)", [
        id,
        `user ${id}`,
        data,
        new Date(id * 1e9),
      ]);
    }
    const { rows } = await client.query("SELECT * FROM users WHERE id = $1", [event.id]);
    const cursor = client.query(new Cursor("SELECT id FROM users ORDER BY id"));
    const pages = [await cursor.read(8), await cursor.read(8), await cursor.read(8)];
    await cursor.close();
    const large = await client.query("SELECT repeat('x', 3000000) AS text");
    const failure = await client
      .query("SELECT * FROM no_table")
      .catch((error: pg.DatabaseError) => error.code);
    await client.query("ROLLBACK");
    return {
      rows,
      pages: pages.map(({ length }) => length),
      large: large.rows[0].text.length,
      failure,
      notices,
    };
  } finally {
    client.release();
    const several = await Promise.all([1, 2, 3, 4].map((n) => pool.query("SELECT $1::int AS n", [n])));
    if (several.some(({ rows }, index) => rows[0].n !== index + 1)) throw new Error("answers are mixed up");
  }
};
