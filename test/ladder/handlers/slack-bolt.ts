import { createHmac } from "node:crypto";
import bolt from "@slack/bolt";

const SECRET = "shh";
const receiver = new bolt.AwsLambdaReceiver({ signingSecret: SECRET, logLevel: bolt.LogLevel.ERROR });
const app = new bolt.App({
  receiver,
  authorize: async () => ({ botToken: "xoxb-ladder", botId: "B1", botUserId: "U1" }),
  clientOptions: { slackApiUrl: `${process.env.API_URL}/slack/` },
  logLevel: bolt.LogLevel.ERROR,
});

app.command("/order", async ({ command, ack, client }) => {
  const posted = await client.chat.postMessage({
    channel: command.channel_id,
    text: `order ${command.text}`,
  });
  await ack({ response_type: "ephemeral", text: `ordered ${command.text} at ${String(posted.ts)}` });
});
app.event("app_mention", async ({ event, say }) => {
  await say(`you said ${event.text}`);
});

const lambda = receiver.start();

function signed(type: string, body: string): object {
  const time = String(Math.floor(Date.now() / 1_000));
  const signature = `v0=${createHmac("sha256", SECRET).update(`v0:${time}:${body}`).digest("hex")}`;
  return {
    body,
    isBase64Encoded: false,
    headers: { "Content-Type": type, "X-Slack-Request-Timestamp": time, "X-Slack-Signature": signature },
  };
}

export const handler = async (event: { text: string }, context: object) => {
  const run = await lambda;
  const ask = (request: object) => run(request as never, context as never, undefined as never);
  const command = `command=%2Forder&text=${event.text}&channel_id=C1&team_id=T1&user_id=U2`;
  const mention = {
    team_id: "T1",
    event: { type: "app_mention", text: "hi", channel: "C1", user: "U2", ts: "1" },
  };
  const form = signed("application/x-www-form-urlencoded", command);
  return [
    await ask(form),
    await ask(signed("application/json", JSON.stringify({ type: "event_callback", ...mention }))),
    await ask(signed("application/json", JSON.stringify({ type: "url_verification", challenge: "c" }))),
    await ask({ ...form, body: `${command}&forged=1` }),
  ];
};
