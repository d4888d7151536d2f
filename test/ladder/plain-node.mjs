/**
 * Runs handlers in plain Node, one after the other, as the measure for what isolet must give. Asked by messages; answers
 * on standard output, where an answer can't overtake what the handler wrote.
 */
import { pathToFileURL } from "node:url";

process.stderr.write = process.stdout.write.bind(process.stdout);

let last = Promise.resolve();
process.on("message", (order) => {
  last = last.then(() => serve(order));
});

async function serve({ name, file, event, environment }) {
  const added = { ...environment, AWS_LAMBDA_FUNCTION_NAME: name };
  Object.assign(process.env, added);
  const answer = await run(name, file, event).then(
    (payload) => ({ name, payload: JSON.stringify(payload) ?? "null" }),
    (error) => ({ name, error: String(error?.stack ?? error) }),
  );
  // What loggers write a moment later.
  await new Promise((resolve) => setTimeout(resolve, 10));
  for (const key of Object.keys(added)) delete process.env[key];
  process.stdout.write(`\n\u001e${JSON.stringify(answer)}\n`);
}

async function run(name, file, event) {
  const { handler } = await import(pathToFileURL(file).href);
  return await handler(event, contextOf(name));
}

function contextOf(name) {
  const deadline = Date.now() + 30_000;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: "1",
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    memoryLimitInMB: "256",
    awsRequestId: "00000000-0000-4000-8000-000000000000",
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: "2026/01/01/[1]00000000000000000000000000000000",
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}
