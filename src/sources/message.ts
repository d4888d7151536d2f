import { describeValue, InvalidOptionError, InvalidPayloadError, IsoletError } from "../base/errors.ts";

/** A message attribute as SQS has it: `dataType` is `String`, `Number` or `Binary`, optionally with a custom label after a dot. */
export interface MessageAttribute {
  readonly dataType: string;
  readonly stringValue?: string;
  /** Base64. */
  readonly binaryValue?: string;
}

/** An attribute as `send` takes it: text, a number, bytes, or the whole of it. */
export type MessageAttributeInput = string | number | Uint8Array | MessageAttribute;

/** Options of `MemoryQueue.send`. */
export interface SendOptions {
  /** At most 10, named by 1 to 256 of `A-Z a-z 0-9 _ - .`; their names, types and values count into the message's size. */
  readonly attributes?: Readonly<Record<string, MessageAttributeInput>>;
  /** Keeps the message invisible at first; an integer from 0 to 900 000 (15 minutes), default 0. */
  readonly delayMs?: number;
  /** Reaches the function as the attribute `MessageGroupId`. The queue is a standard one: no order is kept. 1 to 128 characters. */
  readonly groupId?: string;
}

/** What a message consists of. */
export interface MessageContent {
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly groupId: string | undefined;
  /** About how many bytes the message takes as a record of an event's JSON. */
  readonly recordBytes: number;
}

/** How many messages a queue holds; SQS's `ApproximateNumberOfMessages…`, here exact. */
export interface QueueStats {
  /** Ready to be received. */
  readonly visible: number;
  /** Sent with a delay that hasn't passed. */
  readonly delayed: number;
  /** Received, and neither deleted nor visible again. */
  readonly inFlight: number;
}

/** A message as it was received. */
export interface ReceivedMessage extends MessageContent {
  readonly messageId: string;
  /** Of this very receive: a later receive makes it invalid. */
  readonly receiptHandle: string;
  readonly md5OfBody: string;
  /** Milliseconds since the epoch. */
  readonly sentAtMs: number;
  /** Milliseconds since the epoch. */
  readonly firstReceivedAtMs: number;
  /** This receive included. */
  readonly receiveCount: number;
  /** ARN of the queue that gave the message up, when this one is its dead letter queue. */
  readonly deadLetterSourceArn: string | undefined;
}

const MAX_ATTRIBUTES = 10;
/** What a record holds besides its body and attributes, generously. */
const RECORD_FRAME_BYTES = 1_024;
const MAX_DELAY_MS = 900_000;
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.)[\w.-]{1,256}$/i;

/** Checks what `send` was given against SQS's limits; throws an `IsoletError`. */
export function readContent(body: unknown, options: SendOptions, maxMessageBytes: number): MessageContent {
  if (typeof body !== "string" || body === "") {
    throw new InvalidPayloadError(
      `MemoryQueue.send: body is ${describeValue(body)}; allowed: text of at least one character. JSON.stringify other values.`,
    );
  }
  const entries = Object.entries(options.attributes ?? {});
  if (entries.length > MAX_ATTRIBUTES)
    throw new InvalidPayloadError(
      `MemoryQueue.send: ${entries.length} attributes; allowed: at most ${MAX_ATTRIBUTES}.`,
    );
  const attributes = Object.fromEntries(entries.map(([name, value]) => [name, readAttribute(name, value)]));
  const sizeBytes = contentBytes(body, attributes);
  if (sizeBytes > maxMessageBytes) throw tooLarge(sizeBytes, maxMessageBytes);
  const recordBytes = RECORD_FRAME_BYTES + Buffer.byteLength(JSON.stringify([body, attributes]));
  return { body, attributes, groupId: readGroupId(options.groupId), recordBytes };
}

/** Checks a delay; throws an `InvalidOptionError`. */
export function readDelay(delayMs: number = 0): number {
  checkInteger("MemoryQueue.send", "delayMs", delayMs, 0, MAX_DELAY_MS);
  return delayMs;
}

/** Refuses an argument that is not an integer from `min` to `max`; throws an `InvalidOptionError`. */
export function checkInteger(subject: string, field: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new InvalidOptionError(subject, field, value, `an integer from ${min} to ${max}`, "INVALID_OPTION");
}

function readGroupId(groupId: string | undefined): string | undefined {
  if (groupId === undefined || (typeof groupId === "string" && /^[!-~]{1,128}$/.test(groupId)))
    return groupId;
  throw new InvalidOptionError(
    "MemoryQueue.send",
    "groupId",
    groupId,
    "1 to 128 printable ASCII characters",
    "INVALID_OPTION",
  );
}

function readAttribute(name: string, value: unknown): MessageAttribute {
  if (!ATTRIBUTE_NAME.test(name)) {
    throw new InvalidPayloadError(
      `MemoryQueue.send: attribute name ${describeValue(name)}; allowed: 1 to 256 of A-Z a-z 0-9 _ - . that don't begin with AWS. or Amazon.`,
    );
  }
  if (typeof value === "string") return { dataType: "String", stringValue: value };
  if (typeof value === "number" && Number.isFinite(value))
    return { dataType: "Number", stringValue: String(value) };
  if (value instanceof Uint8Array)
    return { dataType: "Binary", binaryValue: Buffer.from(value).toString("base64") };
  if (isAttribute(value)) return { ...value };
  throw new InvalidPayloadError(
    `MemoryQueue.send: attribute ${name} is ${describeValue(value)}; allowed: text, a finite number, a Uint8Array or { dataType, stringValue | binaryValue }.`,
  );
}

function isAttribute(value: unknown): value is MessageAttribute {
  if (
    typeof value !== "object" ||
    value === null ||
    !("dataType" in value) ||
    typeof value.dataType !== "string"
  )
    return false;
  if (/^Binary(\.|$)/.test(value.dataType))
    return "binaryValue" in value && typeof value.binaryValue === "string";
  return (
    /^(String|Number)(\.|$)/.test(value.dataType) &&
    "stringValue" in value &&
    typeof value.stringValue === "string"
  );
}

/** SQS counts the body and each attribute's name, type and value. */
function contentBytes(body: string, attributes: Readonly<Record<string, MessageAttribute>>): number {
  let total = Buffer.byteLength(body);
  for (const [name, { dataType, stringValue, binaryValue }] of Object.entries(attributes)) {
    total += Buffer.byteLength(name) + Buffer.byteLength(dataType) + Buffer.byteLength(stringValue ?? "");
    if (binaryValue !== undefined) total += Buffer.byteLength(binaryValue, "base64");
  }
  return total;
}

function tooLarge(sizeBytes: number, limitBytes: number): IsoletError {
  return new IsoletError(
    `MemoryQueue.send: the message has ${sizeBytes} bytes with its attributes, over the queue's maxMessageBytes of ${limitBytes}. ` +
      `Send less, pass a reference to the data, or raise maxMessageBytes.`,
    { code: "PAYLOAD_TOO_LARGE", fault: "caller" },
  );
}
