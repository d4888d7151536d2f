/**
 * Takes a payment provider's notifications from an SNS topic. Part of what arrives can't be handled, each in its own
 * way: the example of how failures look in results and meter records.
 */
import type { SNSEvent, SNSMessage } from "aws-lambda";

interface Payment {
  readonly type: string;
  readonly paymentId: string;
  readonly amountCents: number;
  readonly card: { readonly brand: string; readonly lastFour: string };
}

export interface LedgerEntry {
  readonly paymentId: string;
  readonly amountCents: number;
  readonly text: string;
}

/** A typed error: its name is what callers, meters and alarms see as the error type. */
export class UntrustedSenderError extends Error {
  override readonly name: string = "UntrustedSenderError";
}

export class UnknownPaymentTypeError extends Error {
  override readonly name: string = "UnknownPaymentTypeError";
}

/** How long the bank takes when it is slow: far longer than the function's timeout. */
const SLOW_BANK_MS = 60_000;
const LEDGER_LINES_OF_A_YEAR = 90_000;

export const handler = async (event: SNSEvent): Promise<readonly LedgerEntry[] | string> => {
  const [record] = event.Records;
  if (!record) return [];
  checkSender(record.Sns);
  // Whatever isn't JSON fails as a SyntaxError here, and the trace names this line.
  const payment = JSON.parse(record.Sns.Message) as Payment;
  return settle(payment);
};

async function settle(payment: Payment): Promise<readonly LedgerEntry[] | string> {
  switch (payment.type) {
    case "payment.captured":
      return [entryOf(payment, payment.amountCents, "captured")];
    case "payment.refunded":
      return [entryOf(payment, -payment.amountCents, "refunded")];
    case "payment.disputed":
      // Never gets to its end: the function's timeout comes first, and its environment is not used again.
      await askBank();
      return [entryOf(payment, 0, "disputed")];
    case "statement.requested":
      // More than the 6 MB that Lambda, and isolet, let a function answer with.
      return statementOf(payment);
    default:
      throw new UnknownPaymentTypeError(`Don't know what to do with ${payment.type}`);
  }
}

/** SNS signs its messages with a certificate of its own; anything else in that place was sent by someone else. */
function checkSender({ SigningCertUrl }: SNSMessage): void {
  const { protocol, hostname } = new URL(SigningCertUrl);
  if (protocol === "https:" && /^sns\.[a-z0-9-]+\.amazonaws\.com$/.test(hostname)) return;
  throw new UntrustedSenderError(`The message is signed by ${hostname}, not by SNS`);
}

/** A payment without a card fails as a TypeError: a bug left in on purpose. */
function entryOf(payment: Payment, amountCents: number, what: string): LedgerEntry {
  const { brand, lastFour } = payment.card;
  return { paymentId: payment.paymentId, amountCents, text: `${what}, ${brand} ending in ${lastFour}` };
}

async function askBank(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SLOW_BANK_MS));
}

function statementOf({ paymentId }: Payment): string {
  const line = `${paymentId};2026-01-01;captured;EUR;0.00;0.00;0.00;settled in the ordinary way\n`;
  return line.repeat(LEDGER_LINES_OF_A_YEAR);
}
