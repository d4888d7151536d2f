import { generateKeyPairSync, sign } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Side } from "../ladder.ts";
import { openLoopback, readBody } from "./loopback.ts";

/** What is answered to a request, of its path and what it sent. */
type Answers = (asked: {
  readonly path: string;
  readonly text: string;
  readonly headers: Headers;
}) => unknown;
type Headers = IncomingMessage["headers"];

/** As much of Slack, SendGrid and an issuer of tokens as the handlers ask. */
export async function openServices(): Promise<Side> {
  const issuer = openIssuer();
  const answers: readonly (readonly [prefix: string, answer: Answers])[] = [
    [
      "/slack/chat.postMessage",
      ({ text }) => ({ ok: true, ts: "1.2", asked: new URLSearchParams(text).get("text") }),
    ],
    ["/slack/", () => ({ ok: true, bot_id: "B1", user_id: "U1" })],
    [
      "/v3/mail/send",
      ({ text, headers }) => (headers.authorization === "Bearer SG.ladder" ? JSON.parse(text) : {}),
    ],
    ["/jwks", () => ({ keys: [issuer.key] })],
    ["/token", ({ text }) => ({ token: issuer.tokenFor(text) })],
  ];
  const { url, close } = await openLoopback((request, response) => {
    void readBody(request).then((body) => {
      const path = request.url ?? "/";
      const [, answer] = answers.find(([prefix]) => path.startsWith(prefix)) ?? [];
      const given = answer?.({ path, text: body.toString(), headers: request.headers });
      json(response, given ?? { message: `no ${path}` }, answer ? 200 : 404);
    });
  });
  return { environment: { API_URL: url }, permissions: { net: { hosts: [new URL(url).host] } }, close };
}

interface Issuer {
  readonly key: object;
  tokenFor(subject: string): string;
}

function openIssuer(): Issuer {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    key: { ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" },
    tokenFor(subject) {
      const claims = { sub: subject, iss: "https://ladder.example.com", aud: "ladder", exp: 4_102_444_800 };
      const text = `${part({ alg: "RS256", kid: "k1" })}.${part(claims)}`;
      return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
    },
  };
}

function json(response: ServerResponse, value: unknown, status: number): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
