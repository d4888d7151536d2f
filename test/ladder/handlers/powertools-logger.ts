import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { search } from "@aws-lambda-powertools/logger/correlationId";
import middy from "@middy/core";

const logger = new Logger({
  serviceName: "orders",
  logLevel: "DEBUG",
  persistentKeys: { stage: "test" },
  correlationIdSearchFn: search,
});

export const handler = middy(async (event: { order: string }) => {
  logger.appendKeys({ order: event.order });
  logger.debug("looking");
  logger.info("found it", { price: 12.5, big: 10n, when: new Date(0) });
  logger.createChild({ persistentKeys: { child: true } }).warn("careful");
  logger.error("broke", new TypeError("no such thing", { cause: new Error("below") }));
  return { order: event.order, level: logger.getLevelName() };
}).use(
  injectLambdaContext(logger, {
    logEvent: true,
    resetKeys: true,
    correlationIdPath: "requestContext.requestId",
  }),
);
