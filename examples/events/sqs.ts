/** Batches as Lambda's poller of an SQS queue hands them over. */
import { createHash } from "node:crypto";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { createRandom, type Random } from "./random.ts";
import { ACCOUNT, DAY_START_MS, REGION, type Sample } from "./sample.ts";

const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:fulfilment-orders`;
const MAX_BATCH = 10;

export function sqsEvents(count: number, seed = 2): readonly Sample<SQSEvent>[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const sentAtMs = DAY_START_MS + index * 4_000;
    const size = random.int(1, MAX_BATCH);
    return { event: { Records: Array.from({ length: size }, () => recordOf(random, sentAtMs)) } };
  });
}

function recordOf(random: Random, batchSentAtMs: number): SQSRecord {
  const body = bodyOf(random);
  const sentAtMs = batchSentAtMs + random.int(0, 3_000);
  return {
    messageId: random.uuid(),
    receiptHandle: `AQEB${random.base64(96)}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(random.chance(0.9) ? 1 : random.int(2, 5)),
      SentTimestamp: String(sentAtMs),
      SenderId: `AIDA${random.id(17)}`,
      ApproximateFirstReceiveTimestamp: String(sentAtMs + random.int(2, 40)),
    },
    messageAttributes: { channel: { stringValue: random.pick(["web", "app", "shop"]), dataType: "String" } },
    md5OfBody: createHash("md5").update(body).digest("hex"),
    eventSource: "aws:sqs",
    eventSourceARN: QUEUE,
    awsRegion: REGION,
  };
}

/** One message in ten or so can't be fulfilled, for one reason or another. */
function bodyOf(random: Random): string {
  const order = {
    orderId: random.uuid(),
    warehouse: random.pick(["BER", "DUB", "PDX"]),
    lines: Array.from({ length: random.int(1, 8) }, () => lineOf(random)),
  };
  const luck = random.next();
  if (luck < 0.03) return JSON.stringify({ ...order, warehouse: "LHR" });
  if (luck < 0.06) return JSON.stringify({ ...order, lines: [{ ...lineOf(random), gramsEach: 48_000 }] });
  if (luck < 0.08) return JSON.stringify({ orderId: order.orderId, warehouse: order.warehouse });
  if (luck < 0.1) return JSON.stringify(order).slice(0, -random.int(2, 20));
  return JSON.stringify(order);
}

function lineOf(random: Random): { sku: string; quantity: number; gramsEach: number } {
  const sku = `${random.pick(["MUG", "TEE", "BAG", "LMP"])}-${String(random.int(1, 25)).padStart(4, "0")}`;
  return { sku, quantity: random.int(1, 12), gramsEach: random.int(80, 3_500) };
}
