import nodemailer from "nodemailer";

const message = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: "unix" });
const server = nodemailer.createTransport({ host: "127.0.0.1", port: 2525, connectionTimeout: 2_000 });

export const handler = async (event: { to: string }) => {
  const mail = {
    from: "shop@example.com",
    to: event.to,
    subject: "Ünïcode",
    text: "Hello",
    html: "<b>Hello</b>",
    messageId: "<1@example.com>",
    date: new Date(0),
    boundary: "x",
    baseBoundary: "b",
    attachments: [{ filename: "a.txt", content: "text" }],
  };
  const built = await message.sendMail(mail as never);
  const sent = await server.sendMail(mail as never).catch((error: Error & { code: string }) => error.code);
  return { built: String((built as { message: Buffer }).message), sent: typeof sent };
};
