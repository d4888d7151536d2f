/** Consumer of an SQS queue: packs each order into parcels, and sends back only the messages that failed. */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";

interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  readonly gramsEach: number;
}

interface FulfilmentOrder {
  readonly orderId: string;
  readonly warehouse: string;
  readonly lines: readonly OrderLine[];
}

interface Parcel {
  readonly skus: string[];
  grams: number;
}

/** A message that will fail however often it is tried. */
export class PoisonMessageError extends Error {
  override readonly name: string = "PoisonMessageError";
}

/** An order that can't be sent from where it should be; a later try may find things changed. */
export class UnfulfillableError extends Error {
  override readonly name: string = "UnfulfillableError";
}

const PARCEL_LIMIT_GRAMS = 20_000;
const OPEN_WAREHOUSES: ReadonlySet<string> = new Set(["BER", "DUB", "PDX"]);

/** SQS delivers at least once. What this environment has packed already it doesn't pack again. */
const packedMessageIds = new Set<string>();
const MAX_IDS_KEPT = 2_000;

export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
  let parcels = 0;
  for (const record of event.Records) {
    try {
      parcels += packOnce(record);
    } catch (error) {
      // One bad message must not bring back the whole batch: only those named here become visible again.
      batchItemFailures.push({ itemIdentifier: record.messageId });
      console.warn(`message ${record.messageId} goes back to the queue:`, String(error));
    }
  }
  console.log(`${event.Records.length} messages, ${parcels} parcels, ${batchItemFailures.length} failures`);
  return { batchItemFailures };
};

function packOnce(record: SQSRecord): number {
  if (packedMessageIds.has(record.messageId)) return 0;
  const parcels = pack(readOrder(record.body));
  packedMessageIds.add(record.messageId);
  const [oldest] = packedMessageIds;
  if (packedMessageIds.size > MAX_IDS_KEPT && oldest) packedMessageIds.delete(oldest);
  return parcels.length;
}

/** First fit decreasing: heaviest unit first, each into the first parcel that still carries it. */
export function pack(order: FulfilmentOrder): readonly Parcel[] {
  if (!OPEN_WAREHOUSES.has(order.warehouse)) {
    throw new UnfulfillableError(`Warehouse ${order.warehouse} is closed`);
  }
  const units = order.lines.flatMap((line) => Array.from({ length: line.quantity }, () => line));
  units.sort((a, b) => b.gramsEach - a.gramsEach);
  const parcels: Parcel[] = [];
  for (const { sku, gramsEach } of units) {
    if (gramsEach > PARCEL_LIMIT_GRAMS) {
      throw new UnfulfillableError(`${sku} weighs ${gramsEach} g, a parcel carries ${PARCEL_LIMIT_GRAMS} g`);
    }
    const parcel = parcels.find(({ grams }) => grams + gramsEach <= PARCEL_LIMIT_GRAMS);
    if (parcel) {
      parcel.skus.push(sku);
      parcel.grams += gramsEach;
    } else {
      parcels.push({ skus: [sku], grams: gramsEach });
    }
  }
  return parcels;
}

function readOrder(body: string): FulfilmentOrder {
  const value = parseJson(body);
  if (!isOrder(value)) throw new PoisonMessageError("The message is not an order");
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PoisonMessageError("The message is not JSON", { cause });
  }
}

function isOrder(value: unknown): value is FulfilmentOrder {
  if (typeof value !== "object" || value === null) return false;
  const { orderId, warehouse, lines } = value as Record<string, unknown>;
  return (
    typeof orderId === "string" &&
    typeof warehouse === "string" &&
    Array.isArray(lines) &&
    lines.length > 0 &&
    lines.every(isLine)
  );
}

function isLine(value: unknown): value is OrderLine {
  if (typeof value !== "object" || value === null) return false;
  const { sku, quantity, gramsEach } = value as Record<string, unknown>;
  return typeof sku === "string" && isCount(quantity) && isCount(gramsEach);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= 1_000_000;
}
