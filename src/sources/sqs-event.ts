import type { MessageAttribute, ReceivedMessage } from "./message.ts";
import { DEFAULT_ACCOUNT_ID, DEFAULT_REGION } from "./names.ts";

/** What a function fed by a queue gets; assignable to `SQSEvent` of `@types/aws-lambda`. */
export interface QueueEvent {
  Records: QueueRecord[];
}

/** One message of a {@link QueueEvent}. */
export interface QueueRecord {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: QueueRecordAttributes;
  messageAttributes: Record<string, MessageAttribute>;
  md5OfBody: string;
  eventSource: "aws:sqs";
  eventSourceARN: string;
  awsRegion: string;
}

/** The system attributes of a {@link QueueRecord}; times in milliseconds since the epoch, as text. */
export interface QueueRecordAttributes {
  ApproximateReceiveCount: string;
  SentTimestamp: string;
  SenderId: string;
  ApproximateFirstReceiveTimestamp: string;
  MessageGroupId?: string;
  DeadLetterQueueSourceArn?: string;
}

/** Makes the event of a batch. */
export function batchEvent(batch: readonly ReceivedMessage[], queueArn: string): QueueEvent {
  return { Records: batch.map((message) => toRecord(message, queueArn)) };
}

function toRecord(message: ReceivedMessage, queueArn: string): QueueRecord {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: { ...message.attributes },
    md5OfBody: message.md5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: DEFAULT_REGION,
  };
}

function systemAttributes(message: ReceivedMessage): QueueRecordAttributes {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAtMs),
    SenderId: DEFAULT_ACCOUNT_ID,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
    ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
    ...(message.deadLetterSourceArn !== undefined && {
      DeadLetterQueueSourceArn: message.deadLetterSourceArn,
    }),
  };
}

/** Which messages of a batch a function reported as failed: some (perhaps none), or, with the reason, all of them. */
export type BatchReport = { readonly failedIds: ReadonlySet<string> } | { readonly allFailed: string };

/**
 * Reads a function's `batchItemFailures` as Lambda does: no response, no list or an empty one means success; an identifier that is
 * missing, empty or not of this batch means that the whole batch failed, since nothing can be said of the others.
 */
export function readReport(response: unknown, batch: readonly ReceivedMessage[]): BatchReport {
  const failures = isRecord(response) ? response["batchItemFailures"] : undefined;
  if (failures === undefined || failures === null) return { failedIds: new Set() };
  if (!Array.isArray(failures)) return { allFailed: "batchItemFailures is not a list" };
  const known = new Set(batch.map((message) => message.messageId));
  const failedIds = new Set<string>();
  for (const failure of failures as unknown[]) {
    const id = isRecord(failure) ? failure["itemIdentifier"] : undefined;
    if (typeof id !== "string" || !known.has(id)) {
      return {
        allFailed: `an itemIdentifier of batchItemFailures is ${id === "" ? "empty" : "missing or not of this batch"}`,
      };
    }
    failedIds.add(id);
  }
  return { failedIds };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
