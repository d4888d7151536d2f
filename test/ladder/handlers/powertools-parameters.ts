import { SecretsProvider } from "@aws-lambda-powertools/parameters/secrets";
import { SSMProvider } from "@aws-lambda-powertools/parameters/ssm";
import { Transform } from "@aws-lambda-powertools/parameters";

const parameters = new SSMProvider();
const secrets = new SecretsProvider();

export const handler = async (event: { path: string; secret: string }) => {
  await parameters.set(`${event.path}/limits`, { value: '{"most":3}', overwrite: true });
  await parameters.set(`${event.path}/colour`, { value: "blue", overwrite: true });
  const limits = await parameters.get<{ most: number }>(`${event.path}/limits`, {
    transform: Transform.JSON,
    maxAge: 60,
  });
  const all = await parameters.getMultiple(event.path);
  const secret = await secrets.get(event.secret, { transform: Transform.JSON });
  const none = await parameters.get("/no/such/parameter").catch((error: Error) => error.name);
  return { limits, all, secret, none };
};
