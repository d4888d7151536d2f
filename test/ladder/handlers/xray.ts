import AWSXRay from "aws-xray-sdk-core";

export const handler = async (event: { order: string }) => {
  const segment = AWSXRay.getSegment();
  const result = await AWSXRay.captureAsyncFunc("lookup", async (subsegment) => {
    subsegment?.addAnnotation("order", event.order);
    subsegment?.addMetadata("event", event);
    await new Promise((resolve) => setTimeout(resolve, 1));
    subsegment?.close();
    return event.order.length;
  });
  return {
    result,
    trace: (segment as { trace_id?: string } | undefined)?.trace_id?.length ?? null,
    automatic: AWSXRay.isAutomaticMode(),
  };
};
