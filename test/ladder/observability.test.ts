import { climb } from "./ladder.ts";

/** Log lines that are JSON, without what differs between two runs. */
function withoutTimes(lines: readonly string[]): unknown {
  return lines.map((line) => {
    if (!line.startsWith("{")) return line;
    const { timestamp, time, pid, hostname, sampling_rate, xray_trace_id, _aws, error, ...rest } = JSON.parse(
      line,
    ) as Record<string, unknown>;
    const { CloudWatchMetrics } = (_aws ?? {}) as { CloudWatchMetrics?: unknown };
    const named = error as { name?: string; type?: string; message?: string } | undefined;
    const times = { timestamp, time, pid, hostname, sampling_rate, xray_trace_id };
    return {
      ...rest,
      CloudWatchMetrics,
      error: [named?.name, named?.type, named?.message],
      has: Object.entries(times)
        .filter(([, value]) => value !== undefined)
        .map(([key]) => key),
      function_request_id: undefined,
      function_memory_size: undefined,
      cold_start: rest["cold_start"],
    };
  });
}

climb("observability", [
  {
    name: "pino",
    packages: ["pino"],
    event: { order: "7", card: { number: "4111", name: "Ada" } },
    logs: withoutTimes,
  },
  { name: "winston", packages: ["winston"], event: { order: "7" }, logs: withoutTimes },
  {
    name: "powertools-logger",
    packages: ["@aws-lambda-powertools/logger"],
    event: { order: "7", requestContext: { requestId: "r1" } },
    logs: withoutTimes,
  },
  {
    name: "powertools-metrics",
    packages: ["@aws-lambda-powertools/metrics"],
    event: { amounts: [1, 2] },
    logs: withoutTimes,
  },
  { name: "powertools-tracer", packages: ["@aws-lambda-powertools/tracer"], event: { order: "7" } },
  {
    name: "powertools-parser",
    packages: ["@aws-lambda-powertools/parser"],
    corpus: "powertools/sqs/base.json",
  },
  {
    name: "powertools-batch",
    packages: ["@aws-lambda-powertools/batch"],
    corpus: "powertools/sqs/base.json",
  },
  {
    name: "powertools-event-handler",
    packages: ["@aws-lambda-powertools/event-handler"],
    corpus: "powertools/apigw-http/no-auth.json",
  },
  { name: "xray", packages: ["aws-xray-sdk-core"], event: { order: "seven" } },
]);
