import winston from "winston";

const { combine, errors, json, label, printf, splat } = winston.format;
const logger = winston.createLogger({
  level: "info",
  format: combine(label({ label: "orders" }), errors({ stack: false }), splat(), json()),
  defaultMeta: { service: "orders" },
  transports: [new winston.transports.Console()],
});
const plain = winston.createLogger({
  format: printf(({ level, message }) => `${level}! ${String(message)}`),
  transports: [new winston.transports.Console({ stderrLevels: ["error"] })],
});

export const handler = async (event: { order: string }) => {
  logger.info("charging %s", event.order, { amount: 3 });
  logger.child({ request: 7 }).warn("careful");
  logger.debug("not shown");
  logger.error(new Error("declined"));
  plain.info("plain");
  await new Promise((resolve) => logger.end(resolve));
  return { level: logger.level };
};
