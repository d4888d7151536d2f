import { InvokeCommand, LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";

const client = new LambdaClient({});

export const handler = async (event: { name: string }) => {
  const answer = await client.send(
    new InvokeCommand({
      FunctionName: "greet",
      Payload: JSON.stringify({ name: event.name }),
      LogType: "Tail",
    }),
  );
  const queued = await client.send(
    new InvokeCommand({ FunctionName: "greet", InvocationType: "Event", Payload: "{}" }),
  );
  const none = await client
    .send(new InvokeCommand({ FunctionName: "none" }))
    .catch((error: Error) => [error.name, error instanceof ResourceNotFoundException, error.message]);
  return {
    status: answer.StatusCode,
    payload: JSON.parse(answer.Payload?.transformToString() ?? "null"),
    log: atob(answer.LogResult ?? ""),
    queued: queued.StatusCode,
    none,
  };
};
