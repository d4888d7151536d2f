const jwt = require("jsonwebtoken");
const { generateKeyPairSync } = require("crypto");

const secret = "a secret of thirty-two characters";

/** A Lambda authorizer. */
exports.handler = async (event) => {
  const token = jwt.sign({ sub: "ada", scope: ["read"], iat: 1_700_000_000 }, secret, {
    algorithm: "HS256",
    issuer: "isolet",
  });
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const signed = jwt.sign({ sub: "rsa" }, privateKey, { algorithm: "RS256", expiresIn: "5m" });
  let refused;
  try {
    jwt.verify(token, "another secret");
  } catch (error) {
    refused = `${error.name}: ${error.message}`;
  }
  let expired;
  try {
    jwt.verify(jwt.sign({ exp: 1 }, secret), secret);
  } catch (error) {
    expired = [error.name, error.message, error.expiredAt.toISOString()];
  }
  const claims = jwt.verify(token, secret, { issuer: "isolet", algorithms: ["HS256"] });
  return {
    principalId: claims.sub,
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: event.methodArn }],
    },
    context: {
      token,
      claims,
      decoded: jwt.decode(token, { complete: true }).header,
      refused,
      expired,
      rsa: jwt.verify(signed, publicKey).sub,
    },
  };
};
