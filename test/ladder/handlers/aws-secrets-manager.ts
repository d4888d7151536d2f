import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";

const client = new SecretsManagerClient({});
let password: string | undefined;

export const handler = async (event: { id: string }) => {
  await client.send(
    new CreateSecretCommand({
      Name: event.id,
      SecretString: JSON.stringify({ user: "app", password: "p4ss" }),
    }),
  );
  await client.send(
    new CreateSecretCommand({ Name: `${event.id}/binary`, SecretBinary: new Uint8Array([1, 2, 255]) }),
  );
  password ??= JSON.parse(
    (await client.send(new GetSecretValueCommand({ SecretId: event.id }))).SecretString ?? "{}",
  ).password;
  const binary = await client.send(new GetSecretValueCommand({ SecretId: `${event.id}/binary` }));
  const none = await client
    .send(new GetSecretValueCommand({ SecretId: "none" }))
    .catch((error: Error) => [error.name, error.message, error instanceof ResourceNotFoundException]);
  return { password, binary: [...(binary.SecretBinary ?? [])], none };
};
