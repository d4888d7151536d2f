"use strict";
const knex = require("knex")({ client: "pg" });

exports.handler = async (event) => {
  const query = knex("orders as o")
    .join("customers as c", "c.id", "o.customer_id")
    .select("o.id", knex.raw("sum(??) as total", ["o.total"]))
    .where({ "c.name": event.customer })
    .andWhere((builder) => builder.whereNull("o.deleted").orWhereIn("o.state", ["new", "paid"]))
    .groupBy("o.id")
    .limit(5);
  const insert = knex("orders").insert({ id: 1, customer: "ada" }).onConflict("id").merge().returning("*");
  return { text: query.toString(), native: query.toSQL().toNative(), insert: insert.toSQL().toNative() };
};
