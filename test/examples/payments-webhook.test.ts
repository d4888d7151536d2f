import type { SNSEvent } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { snsEvents } from "../../examples/events/sns.ts";
import { handler } from "../../examples/handlers/payments-webhook.ts";

const samples = snsEvents(80);
const failing = (errorType: string): SNSEvent =>
  samples.find(({ expectedError }) => expectedError === errorType)!.event;

describe("payments-webhook", () => {
  it("books what it can", async () => {
    const good = samples.filter(({ expectedError }) => expectedError === undefined);
    for (const { event } of good) {
      const entries = await handler(event);
      expect(entries).toEqual([
        {
          paymentId: expect.stringMatching(/^pay_[0-9a-f]{16}$/),
          amountCents: expect.any(Number),
          text: expect.stringMatching(/^(captured|refunded), \w+ ending in \d{4}$/),
        },
      ]);
    }
  });

  it("books a refund as a negative amount", async () => {
    const message = {
      type: "payment.refunded",
      paymentId: "pay_1",
      amountCents: 990,
      card: { brand: "visa", lastFour: "4242" },
    };
    const event = structuredClone(samples[0]!.event);
    event.Records[0]!.Sns.Message = JSON.stringify(message);
    expect(await handler(event)).toEqual([
      { paymentId: "pay_1", amountCents: -990, text: "refunded, visa ending in 4242" },
    ]);
  });

  it.each(["UntrustedSenderError", "UnknownPaymentTypeError", "SyntaxError", "TypeError"])(
    "throws a %s",
    async (errorType) => {
      await expect(handler(failing(errorType))).rejects.toMatchObject({ name: errorType });
    },
  );

  it("answers a statement with more than Lambda lets through", async () => {
    const answer = await handler(failing("Function.ResponseSizeTooLarge"));
    expect(JSON.stringify(answer).length).toBeGreaterThan(6 * 1_024 * 1_024);
  });

  describe("with a bank that is slow", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it("is still waiting long after the function's timeout", async () => {
      let ended = false;
      const settled = handler(failing("Sandbox.Timedout")).finally(() => (ended = true));
      await vi.advanceTimersByTimeAsync(10_000);
      expect(ended).toBe(false);
      await vi.advanceTimersByTimeAsync(60_000);
      await settled;
    });
  });
});
