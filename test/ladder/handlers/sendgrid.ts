import client from "@sendgrid/client";
import mail from "@sendgrid/mail";

mail.setApiKey("SG.ladder");
mail.setClient(client);
client.setApiKey("SG.ladder");
client.setDefaultRequest("baseUrl", process.env.API_URL ?? "");

export const handler = async (event: { to: string }) => {
  const [response] = await mail.send({
    to: event.to,
    from: { name: "Shop", email: "shop@example.com" },
    subject: "Your order ü",
    text: "Thank you",
    html: "<b>Thank you</b>",
    substitutions: { name: "Ada" },
    attachments: [{ content: Buffer.from("a,b").toString("base64"), filename: "a.csv", type: "text/csv" }],
  });
  const refused = await client
    .request({ method: "GET", url: "/v9/nothing" })
    .catch((error: { code: number; message: string }) => [error.code, error.message]);
  return { status: response.statusCode, body: response.body, refused };
};
