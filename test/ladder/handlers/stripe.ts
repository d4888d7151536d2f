import Stripe from "stripe";

const { hostname, port } = new URL(process.env.API_URL ?? "http://localhost");
const stripe = new Stripe("sk_test_ladder", {
  host: hostname,
  port: Number(port),
  protocol: "http",
  telemetry: false,
  maxNetworkRetries: 1,
});

export const handler = async (event: { amount: number }) => {
  const intent = await stripe.paymentIntents.create(
    {
      amount: event.amount,
      currency: "eur",
      metadata: { order: "7" },
      automatic_payment_methods: { enabled: true },
    },
    { idempotencyKey: "order-7" },
  );
  const declined = await stripe.paymentIntents
    .confirm("pi_declined")
    .catch((error: InstanceType<typeof Stripe.errors.StripeError>) => [
      error.type,
      error.code,
      error.statusCode,
      error.message,
    ]);
  const names: string[] = [];
  for await (const customer of stripe.customers.list({ limit: 1 })) names.push(customer.name ?? "");
  const body = JSON.stringify({ id: "evt_1", object: "event", type: "payment_intent.succeeded" });
  const header = stripe.webhooks.generateTestHeaderString({ payload: body, secret: "whsec_test" });
  const hook = stripe.webhooks.constructEvent(body, header, "whsec_test");
  let forged = "";
  try {
    stripe.webhooks.constructEvent(body, header, "whsec_other");
  } catch (error) {
    forged = (error as Error).constructor.name;
  }
  return { intent: [intent.id, intent.amount, intent.metadata], declined, names, hook: hook.type, forged };
};
