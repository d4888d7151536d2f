"use strict";
const { LambdaLog } = require("lambda-log");

const log = new LambdaLog({ tags: ["shop"], meta: { stage: "test" } });

exports.handler = async (event, context) => {
  log.options.meta.fn = context.functionName;
  log.info("order placed", { order: event.order });
  log.warn("stock is low");
  log.error(new RangeError("no stock"), { sku: "A1" });
  log.debug("not shown");
  return { logged: 3 };
};
