import { climb } from "./ladder.ts";
import { openTlsSide } from "./servers/tls.ts";

const LOOPBACK = { net: { sockets: ["127.0.0.1"] } };

climb("databases", [
  {
    name: "pg",
    packages: ["pg", "pg-cursor"],
    event: { id: 7 },
    service: "postgresql",
    permissions: LOOPBACK,
  },
  { name: "ioredis", packages: ["ioredis"], event: { key: "a" }, service: "redis", permissions: LOOPBACK },
  { name: "redis", packages: ["redis"], event: { key: "b" }, service: "redis", permissions: LOOPBACK },
  {
    name: "mysql2",
    packages: ["mysql2"],
    event: { id: 8 },
    service: "mariadb", // It makes functions of text to read rows by.
    permissions: { ...LOOPBACK, eval: true },
  },
  {
    name: "amqplib",
    packages: ["amqplib"],
    event: { orders: 20 },
    service: "rabbitmq",
    permissions: LOOPBACK,
  },
  { name: "nats", packages: ["nats"], event: { count: 20 }, service: "nats", permissions: LOOPBACK },
  { name: "mqtt", packages: ["mqtt"], event: { messages: 10 }, service: "mosquitto", permissions: LOOPBACK },
  // There is no server of it here: that it finds none is found as in plain Node.
  { name: "mongodb", packages: ["mongodb"], event: { name: "Ada" }, permissions: LOOPBACK },
  { name: "nodemailer", packages: ["nodemailer"], event: { to: "ada@example.com" } },
]);

climb(
  "databases by TLS",
  [
    { name: "pg-tls", packages: ["pg"], event: { id: 7 }, service: "postgresql" },
    { name: "ioredis-tls", packages: ["ioredis"], service: "redis" },
  ],
  openTlsSide,
);

const refused = (port: number) => ({
  why: "no sockets are granted",
  error: new RegExp(
    `may not connect to 127\\.0\\.0\\.1:${port}: grant it with .*sockets: \\["127\\.0\\.0\\.1:${port}"\\]`,
  ),
});

climb("databases without a grant", [
  { name: "pg", packages: ["pg"], event: { id: 1 }, refused: refused(5432) },
  { name: "ioredis", packages: ["ioredis"], event: { key: "a" }, refused: refused(6379) },
  { name: "mysql2", packages: ["mysql2"], event: { id: 1 }, refused: refused(3306) },
  { name: "mongodb", packages: ["mongodb"], event: { name: "Ada" }, refused: refused(1) },
]);
