import {
  GetParameterCommand,
  GetParametersCommand,
  ParameterNotFound,
  paginateGetParametersByPath,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";

const client = new SSMClient({});

export const handler = async (event: { path: string; values: Record<string, string> }) => {
  for (const [name, Value] of Object.entries(event.values))
    await client.send(
      new PutParameterCommand({
        Name: `${event.path}/${name}`,
        Value,
        Type: "SecureString",
        Overwrite: true,
      }),
    );
  const one = await client.send(new GetParameterCommand({ Name: `${event.path}/a`, WithDecryption: true }));
  const some = await client.send(new GetParametersCommand({ Names: [`${event.path}/a`, "/none"] }));
  const all: unknown[] = [];
  for await (const page of paginateGetParametersByPath({ client, pageSize: 1 }, { Path: event.path }))
    all.push(...(page.Parameters ?? []).map(({ Name, Value }) => [Name, Value]));
  const none = await client
    .send(new GetParameterCommand({ Name: "/none" }))
    .catch((error: Error) => [error.name, error instanceof ParameterNotFound]);
  return {
    value: one.Parameter?.Value,
    modified: one.Parameter?.LastModifiedDate?.toISOString(),
    invalid: some.InvalidParameters,
    all,
    none,
  };
};
