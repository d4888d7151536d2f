import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
const tracer = trace.getTracer("shop", "1.0");

export const handler = async (event: { orders: string[] }) => {
  await tracer.startActiveSpan("handler", async (span) => {
    for (const order of event.orders) {
      await tracer.startActiveSpan("order", { attributes: { order } }, async (inner) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        trace.getSpan(context.active())?.addEvent("priced", { isInner: trace.getActiveSpan() === inner });
        if (order === "bad") inner.setStatus({ code: SpanStatusCode.ERROR, message: "no" });
        inner.end();
      });
    }
    span.end();
  });
  await provider.forceFlush();
  const spans = exporter.getFinishedSpans();
  const root = spans.at(-1)?.spanContext();
  return spans.map(({ name, attributes, status, events, parentSpanContext, ended }) => ({
    name,
    attributes,
    status,
    events: events.map((one) => [one.name, one.attributes]),
    isChild: parentSpanContext?.spanId === root?.spanId,
    ended,
  }));
};
