import { randomUUID } from "node:crypto";
import type { Server, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LADDER } from "../install.ts";
import type { Side } from "../ladder.ts";
import { openLoopback, readBody } from "./loopback.ts";

interface Fauxqs {
  buildApp(options: object): { listen(options: object): Promise<string>; close(): Promise<void> };
}

/** It can only be imported, and its name means nothing to the project. */
const FAUXQS = pathToFileURL(join(LADDER, "node_modules/fauxqs/dist/app.js")).href;
const packages = createRequire(join(LADDER, "package.json"));

/** AWS on loopback: DynamoDB by dynalite; S3, SQS and SNS by fauxqs; a little of the others by ourselves. */
export async function openAws(): Promise<Side> {
  const dynamodb = await openDynalite();
  const { buildApp } = (await import(FAUXQS)) as Fauxqs;
  const fauxqs = buildApp({ logger: false });
  const queues = await fauxqs.listen({ port: 0, host: "127.0.0.1" });
  const others = await openOthers();
  return {
    environment: {
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      AWS_ENDPOINT_URL: others.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      AWS_ENDPOINT_URL_S3: queues,
      AWS_ENDPOINT_URL_SQS: queues,
      AWS_ENDPOINT_URL_SNS: queues,
    },
    permissions: { net: { hosts: [dynamodb.url, queues, others.url].map((url) => new URL(url).host) } },
    async close() {
      await Promise.all([dynamodb.close(), fauxqs.close(), others.close()]);
    },
  };
}

async function openDynalite(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const dynalite = packages("dynalite") as (options: object) => Server;
  const server = dynalite({ createTableMs: 5, deleteTableMs: 5 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** An error as AWS's JSON protocols say it. */
class Refused extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** Systems Manager, Secrets Manager, EventBridge and Lambda: the calls that the ladder's handlers make. */
async function openOthers(): ReturnType<typeof openLoopback> {
  const calls = { ...parameterStore(), ...secretsManager(), ...eventBridge() };
  return openLoopback((request, response) => {
    void (async () => {
      const body = await readBody(request);
      const target = request.headers["x-amz-target"];
      try {
        if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/"))
          throw new Refused("AccessDeniedException", "not signed", 403);
        if (target === undefined) {
          invokeFunction(request.url ?? "", body, response);
          return;
        }
        const call = calls[String(target).split(".")[1] ?? ""];
        if (!call) throw new Refused("UnknownOperationException", `no ${String(target)}`);
        const answer = JSON.stringify(call(JSON.parse(body.toString()) as Fields));
        response.writeHead(200, {
          "content-type": "application/x-amz-json-1.1",
          "x-amzn-requestid": randomUUID(),
        });
        response.end(answer);
      } catch (error) {
        const { type, status, message } =
          error instanceof Refused ? error : new Refused("InternalFailure", String(error), 500);
        response.writeHead(status, {
          "content-type": "application/x-amz-json-1.1",
          "x-amzn-errortype": type,
        });
        response.end(JSON.stringify({ __type: type, message, Message: message }));
      }
    })();
  });
}

type Calls = Record<string, (fields: Fields) => object>;

function parameterStore(): Calls {
  const parameters = new Map<
    string,
    { readonly Name: string; readonly Value: string; readonly Type: string }
  >();
  const described = (name: string): object | undefined => {
    const parameter = parameters.get(name);
    return parameter && { ...parameter, Version: 1, LastModifiedDate: 1_700_000_000.5, DataType: "text" };
  };
  return {
    PutParameter({ Name, Value, Type = "String" }) {
      parameters.set(String(Name), { Name: String(Name), Value: String(Value), Type: String(Type) });
      return { Version: 1, Tier: "Standard" };
    },
    GetParameter({ Name }) {
      const Parameter = described(String(Name));
      if (!Parameter) throw new Refused("ParameterNotFound", "");
      return { Parameter };
    },
    GetParameters({ Names }) {
      const names = Names as string[];
      return {
        Parameters: names.flatMap((name) => described(name) ?? []),
        InvalidParameters: names.filter((name) => !parameters.has(name)),
      };
    },
    GetParametersByPath({ Path, NextToken = "0", MaxResults = 10 }) {
      const names = [...parameters.keys()].filter((name) => name.startsWith(`${String(Path)}/`)).sort();
      const start = Number(NextToken);
      const end = start + Number(MaxResults);
      return {
        Parameters: names.slice(start, end).map((name) => described(name)),
        ...(end < names.length && { NextToken: String(end) }),
      };
    },
  };
}

function secretsManager(): Calls {
  const secrets = new Map<string, Fields>([["shop/key", { SecretString: '{"key":"k3y"}' }]]);
  return {
    CreateSecret({ Name, SecretString, SecretBinary }) {
      secrets.set(String(Name), { SecretString, SecretBinary });
      return { ARN: `arn:aws:secretsmanager:us-east-1:000000000000:secret:${String(Name)}`, Name };
    },
    GetSecretValue({ SecretId }) {
      const secret = secrets.get(String(SecretId));
      if (!secret)
        throw new Refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
      return { Name: SecretId, VersionId: "1", CreatedDate: 1_700_000_000, ...secret };
    },
  };
}

function eventBridge(): Calls {
  let failures = 1;
  return {
    PutEvents({ Entries }) {
      // The first call fails, as the client is expected to try again.
      if (failures-- > 0) throw new Refused("InternalException", "try again", 500);
      return {
        FailedEntryCount: 0,
        Entries: (Entries as Fields[]).map(({ Detail, Time }) => ({
          EventId: `${String(Detail)} at ${String(Time)}`,
        })),
      };
    },
  };
}

function invokeFunction(url: string, body: Buffer, response: ServerResponse): void {
  const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(url) ?? [];
  if (name !== "greet")
    throw new Refused("ResourceNotFoundException", `Function not found: ${String(name)}`, 404);
  const isQueued = response.req.headers["x-amz-invocation-type"] === "Event";
  const { name: who } = JSON.parse(body.toString()) as { name?: string };
  response.writeHead(isQueued ? 202 : 200, {
    "x-amz-executed-version": "$LATEST",
    "x-amz-log-result": Buffer.from("START\nEND").toString("base64"),
  });
  response.end(isQueued ? "" : JSON.stringify({ hello: who }));
}
