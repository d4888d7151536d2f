import { createId, isCuid } from "@paralleldrive/cuid2";
import objectHash from "object-hash";
import short from "short-uuid";
import webpush from "web-push";

const translator = short.createTranslator();

export const handler = async (event: { id: string; order: object }) => {
  const { publicKey, privateKey } = webpush.generateVAPIDKeys();
  const details = webpush.generateRequestDetails(
    {
      endpoint: "https://push.example.com/send/1",
      keys: {
        p256dh: "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
        auth: "tBHItJI5svbpez7KI4CCXg",
      },
    },
    "hello",
    { vapidDetails: { subject: "mailto:a@example.com", publicKey, privateKey }, TTL: 60 },
  );
  return {
    short: [translator.fromUUID(event.id), translator.toUUID(translator.fromUUID(event.id))],
    hash: objectHash(event.order, { algorithm: "sha256", unorderedArrays: true }),
    cuid: isCuid(createId()),
    push: [details.method, details.endpoint, Object.keys(details.headers).sort(), details.body?.length],
  };
};
