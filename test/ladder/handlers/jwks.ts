import { JwtVerifier } from "aws-jwt-verify";
import jwt from "jsonwebtoken";
import jwksRsa from "jwks-rsa";

const url = process.env.API_URL ?? "";
const client = jwksRsa({ jwksUri: `${url}/jwks`, cache: true, rateLimit: true });
const verifier = JwtVerifier.create({
  issuer: "https://ladder.example.com",
  audience: "ladder",
  jwksUri: "https://ladder.example.com/jwks",
});

export const handler = async (event: { subject: string }) => {
  const asked = await fetch(`${url}/token`, { method: "POST", body: event.subject });
  const { token } = (await asked.json()) as { token: string };
  const key = await client.getSigningKey("k1");
  const claims = jwt.verify(token, key.getPublicKey(), { audience: "ladder" });
  verifier.cacheJwks((await (await fetch(`${url}/jwks`)).json()) as never);
  const verified = await verifier.verify(token);
  const forged = `${token.slice(0, -4)}AAAA`;
  return {
    claims,
    verified,
    forged: await verifier.verify(forged).catch((error: Error) => [error.name, error.message]),
    unknown: await client.getSigningKey("k2").catch((error: Error) => [error.name, error.message]),
  };
};
