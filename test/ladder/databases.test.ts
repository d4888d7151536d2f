import { climb } from "./ladder.ts";

const NO_SOCKETS = {
  why: "there are no sockets in a guest",
  error: /net\.connect to 127\.0\.0\.1:\d+ is not available in isolet/,
};

climb("databases", [
  { name: "pg", packages: ["pg"], event: { id: 1 }, refused: NO_SOCKETS },
  { name: "ioredis", packages: ["ioredis"], event: { key: "a" }, refused: NO_SOCKETS },
  { name: "mysql2", packages: ["mysql2"], event: { id: 1 }, refused: NO_SOCKETS },
  { name: "mongodb", packages: ["mongodb"], event: { name: "Ada" }, refused: NO_SOCKETS },
  { name: "nodemailer", packages: ["nodemailer"], event: { to: "ada@example.com" } },
]);
