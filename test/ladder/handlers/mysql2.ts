import mysql from "mysql2/promise";

const pool = mysql.createPool({
  host: "127.0.0.1",
  port: 3306,
  user: "root",
  database: "test",
  connectTimeout: 5_000,
});

export const handler = async (event: { id: number }) => {
  const connection = await pool.getConnection();
  try {
    await connection.query(
      "CREATE TEMPORARY TABLE users (id INT PRIMARY KEY, name VARCHAR(200), at DATETIME, data BLOB)",
    );
    await connection.beginTransaction();
    for (let id = 1; id <= 10; id++) {
      const values = [id, `Ünïcode ${id}`, new Date(Date.UTC(2020, 0, id)), Buffer.alloc(1_000, id)];
      await connection.execute("INSERT INTO users VALUES (?, ?, ?, ?)", values);
    }
    await connection.commit();
    const [rows] = await connection.execute(
      "SELECT id, name, LENGTH(data) AS size FROM users WHERE id >= ? ORDER BY id",
      [event.id],
    );
    const failure = await connection
      .query("SELECT * FROM no_table")
      .catch((error: { code: string }) => error.code);
    const [[large]] = (await connection.query("SELECT REPEAT('x', 1000000) AS text")) as unknown as [
      [{ text: string }],
    ];
    return { rows, failure, large: large.text.length };
  } finally {
    await connection.query("DROP TEMPORARY TABLE users");
    connection.release();
  }
};
