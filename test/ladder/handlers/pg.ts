import pg from "pg";

const pool = new pg.Pool({
  host: "127.0.0.1",
  port: 5432,
  user: "app",
  password: "app",
  database: "app",
  connectionTimeoutMillis: 2_000,
});

export const handler = async (event: { id: number }) => {
  const { rows } = await pool.query("SELECT * FROM users WHERE id = $1", [event.id]);
  return rows;
};
