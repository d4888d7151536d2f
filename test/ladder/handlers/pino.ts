import pino from "pino";

const logger = pino(
  {
    base: { service: "orders" },
    timestamp: false,
    redact: ["card.number"],
    serializers: { error: pino.stdSerializers.err },
  },
  pino.destination({ sync: true }),
);

export const handler = async (event: { order: string; card: object }) => {
  const log = logger.child({ order: event.order });
  log.info({ card: event.card }, "charging %s", event.order);
  log.warn("careful");
  log.debug("not shown");
  log.error({ error: new Error("declined") }, "failed");
  return { level: log.level, enabled: log.isLevelEnabled("debug") };
};
