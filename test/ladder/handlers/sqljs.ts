import initSqlJs from "sql.js/dist/sql-asm.js";

const SQL = await initSqlJs();

export const handler = async (event: { people: [string, number][] }) => {
  const database = new SQL.Database();
  database.run("CREATE TABLE people (name TEXT, born INTEGER)");
  const insert = database.prepare("INSERT INTO people VALUES (?, ?)");
  for (const person of event.people) insert.run(person);
  insert.free();
  const [result] = database.exec(
    "SELECT born / 100 AS century, count(*) AS n, group_concat(name) AS names FROM people GROUP BY 1 ORDER BY 1",
  );
  const size = database.export().length;
  database.close();
  return { ...result, size };
};
