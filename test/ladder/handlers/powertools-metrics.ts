import { Metrics, MetricUnit, MetricResolution } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy from "@middy/core";

const metrics = new Metrics({
  namespace: "shop",
  serviceName: "orders",
  defaultDimensions: { stage: "test" },
});

export const handler = middy(async (event: { amounts: number[] }) => {
  for (const amount of event.amounts)
    metrics.addMetric("amount", MetricUnit.Count, amount, MetricResolution.High);
  metrics.addDimension("kind", "web");
  metrics.addMetadata("trace", "abc");
  metrics.singleMetric().addMetric("single", MetricUnit.Milliseconds, 5);
  return { stored: metrics.hasStoredMetrics() };
}).use(logMetrics(metrics, { captureColdStartMetric: true, throwOnEmptyMetrics: true }));
