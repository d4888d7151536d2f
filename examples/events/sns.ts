/** A payment provider's notifications, delivered through an SNS topic. Every fourth or so is trouble. */
import type { SNSEvent } from "aws-lambda";
import { createRandom, type Random } from "./random.ts";
import { ACCOUNT, DAY_START_MS, REGION, type Sample } from "./sample.ts";

/** Kinds of trouble by the error type that each must end in. */
export type Trouble =
  | "UntrustedSenderError"
  | "UnknownPaymentTypeError"
  | "SyntaxError"
  | "TypeError"
  | "Sandbox.Timedout"
  | "Function.ResponseSizeTooLarge";

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:payments`;
const SNS_HOST = `https://sns.${REGION}.amazonaws.com`;

/** The position within each forty events at which a kind of trouble comes. */
const TROUBLES: Readonly<Record<number, Trouble>> = {
  3: "UntrustedSenderError",
  7: "UnknownPaymentTypeError",
  11: "SyntaxError",
  15: "TypeError",
  19: "Sandbox.Timedout",
  22: "UnknownPaymentTypeError",
  25: "TypeError",
  29: "Function.ResponseSizeTooLarge",
  33: "UntrustedSenderError",
  36: "TypeError",
};
const TROUBLE_PERIOD = 40;

export function snsEvents(count: number, seed = 5): readonly Sample<SNSEvent>[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const trouble = TROUBLES[index % TROUBLE_PERIOD];
    const event = notificationOf(random, trouble, DAY_START_MS + index * 9_000);
    return trouble === undefined ? { event } : { event, expectedError: trouble };
  });
}

function notificationOf(random: Random, trouble: Trouble | undefined, timeMs: number): SNSEvent {
  const host = trouble === "UntrustedSenderError" ? "https://sns.example.net" : SNS_HOST;
  const subscription = `${TOPIC}:${random.uuid()}`;
  const sns = {
    Type: "Notification",
    MessageId: random.uuid(),
    TopicArn: TOPIC,
    Subject: "payment",
    Message: messageOf(random, trouble),
    Timestamp: new Date(timeMs).toISOString(),
    SignatureVersion: "1",
    Signature: random.base64(256),
    SigningCertUrl: `${host}/SimpleNotificationService-${random.hex(32)}.pem`,
    UnsubscribeUrl: `${SNS_HOST}/?Action=Unsubscribe&SubscriptionArn=${subscription}`,
    MessageAttributes: { provider: { Type: "String", Value: "examplepay" } },
  };
  return {
    Records: [{ EventSource: "aws:sns", EventVersion: "1.0", EventSubscriptionArn: subscription, Sns: sns }],
  };
}

function messageOf(random: Random, trouble: Trouble | undefined): string {
  const payment = {
    type: typeOf(random, trouble),
    paymentId: `pay_${random.hex(16)}`,
    amountCents: random.int(500, 90_000),
    card: { brand: random.pick(["visa", "mastercard", "amex"]), lastFour: String(random.int(1_000, 9_999)) },
  };
  if (trouble === "SyntaxError") return `payment=${payment.paymentId}&amount=${payment.amountCents}`;
  if (trouble === "TypeError") return JSON.stringify({ ...payment, card: undefined });
  return JSON.stringify(payment);
}

function typeOf(random: Random, trouble: Trouble | undefined): string {
  if (trouble === "UnknownPaymentTypeError") return "payment.teleported";
  if (trouble === "Sandbox.Timedout") return "payment.disputed";
  if (trouble === "Function.ResponseSizeTooLarge") return "statement.requested";
  return random.pick(["payment.captured", "payment.captured", "payment.refunded"]);
}
