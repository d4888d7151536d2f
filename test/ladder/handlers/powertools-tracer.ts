import { Tracer } from "@aws-lambda-powertools/tracer";
import { captureLambdaHandler } from "@aws-lambda-powertools/tracer/middleware";
import middy from "@middy/core";

const tracer = new Tracer({ serviceName: "orders" });

export const handler = middy(async (event: { order: string }) => {
  tracer.putAnnotation("order", event.order);
  tracer.putMetadata("event", event);
  return {
    order: event.order,
    enabled: tracer.isTracingEnabled(),
    root: tracer.getRootXrayTraceId() ?? null,
  };
}).use(captureLambdaHandler(tracer, { captureResponse: true }));
