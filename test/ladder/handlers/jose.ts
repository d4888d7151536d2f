import {
  CompactEncrypt,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  createLocalJWKSet,
  decodeProtectedHeader,
} from "jose";

const secret = new TextEncoder().encode("a secret of thirty-two characters");

export const handler = async () => {
  const token = await new SignJWT({ role: "admin" })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject("ada")
    .setIssuedAt(1_700_000_000)
    .sign(secret);
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const signed = await new SignJWT({})
    .setProtectedHeader({ alg: "ES256", kid: "k1" })
    .setAudience("api")
    .setExpirationTime("2h")
    .sign(privateKey);
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: "k1", alg: "ES256" }] });
  const verified = await jwtVerify(signed, keys, { audience: "api" });
  const wrong = await jwtVerify(token, new TextEncoder().encode("x".repeat(32))).catch(
    (error: { code: string }) => error.code,
  );
  const encrypted = await new CompactEncrypt(new TextEncoder().encode("hidden"))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .encrypt(secret.slice(0, 32));
  const opened = await compactDecrypt(encrypted, secret.slice(0, 32));
  return {
    token,
    header: decodeProtectedHeader(token),
    audience: verified.payload.aud,
    claims: (await jwtVerify(token, secret)).payload,
    wrong,
    opened: new TextDecoder().decode(opened.plaintext),
    key: (await importJWK({ kty: "oct", k: "AAAA", alg: "HS256" })).constructor.name,
  };
};
