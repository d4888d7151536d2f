import mysql from "mysql2/promise";

const pool = mysql.createPool({
  host: "127.0.0.1",
  port: 3306,
  user: "app",
  password: "app",
  database: "app",
  connectTimeout: 2_000,
});

export const handler = async (event: { id: number }) => {
  const [rows] = await pool.execute("SELECT * FROM users WHERE id = ?", [event.id]);
  return rows;
};
