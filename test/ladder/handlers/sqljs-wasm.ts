import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import initSqlJs from "sql.js";

/** As `initSqlJs` does by itself in a deployment artifact, where the file lies beside it. */
const path = process.env.SQL_WASM ?? createRequire(import.meta.url).resolve("sql.js/dist/sql-wasm.wasm");
const SQL = await initSqlJs({ wasmBinary: readFileSync(path) });

export const handler = async () => {
  const database = new SQL.Database();
  return database.exec("SELECT 6 * 7 AS answer, sqlite_version() LIKE '3.%' AS three");
};
