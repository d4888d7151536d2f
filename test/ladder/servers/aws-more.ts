import { createServer as createServer1, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createServer2 } from "node:http2";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { crc32 } from "node:zlib";
import type { Side } from "../ladder.ts";
import { readBody } from "./loopback.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Bedrock, Kinesis and others, as far as the handlers ask; by HTTP/1.1 and HTTP/2 at one port. */
export async function openMoreAws(): Promise<Side> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void readBody(request).then((body) => serve(request, body.toString(), response));
  };
  const http1 = createServer1(listener);
  const http2 = createServer2((request, response) =>
    listener(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  const ports = await Promise.all([listen(http1), listen(http2 as unknown as Server)]);
  const sockets = new Set<Socket>();
  const front = createServer((socket) => {
    sockets.add(socket);
    socket.once("data", (first: Buffer) => {
      // HTTP/2's clients begin with these words.
      const back = connect(ports[first.toString("latin1").startsWith("PRI * ") ? 1 : 0], "127.0.0.1");
      sockets.add(back);
      back.write(first);
      socket.pipe(back).pipe(socket);
      for (const end of [socket, back]) end.on("error", () => undefined);
    });
  });
  const url = `http://127.0.0.1:${await listen(front)}`;
  return {
    environment: {
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      AWS_ENDPOINT_URL: url,
    },
    permissions: { net: { hosts: [new URL(url).host] } },
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        [http1, http2, front].map((server) => new Promise((resolve) => server.close(resolve))),
      );
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function serve(request: IncomingMessage, text: string, response: ServerResponse): void {
  const operation = String(
    request.headers["x-amz-target"] ?? new URLSearchParams(text).get("Action") ?? request.url,
  );
  const name = operation.split(".").at(-1) ?? "";
  const answer = ANSWERS[name] ?? ANSWERS[operation];
  const isSigned = request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 ") === true;
  if (!answer || !isSigned) return refuse(response, "UnknownOperationException", operation);
  const given = answer(text);
  if (Buffer.isBuffer(given))
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" }).end(given);
  else if (typeof given === "string") response.writeHead(200, { "content-type": "text/xml" }).end(given);
  else if ("refused" in given) refuse(response, String(given["refused"]), "as asked");
  else response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(given));
}

function refuse(response: ServerResponse, type: string, message: string): void {
  response.writeHead(400, { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": type });
  response.end(JSON.stringify({ __type: type, message }));
}

const ANSWERS: Readonly<Record<string, (text: string) => Fields | string | Buffer>> = {
  "/model/model/invoke": (text) => ({
    completion: `You said: ${(JSON.parse(text) as { prompt: string }).prompt}`,
  }),
  "/model/none/invoke": () => ({ refused: "ResourceNotFoundException" }),
  "/model/model/converse-stream": () =>
    Buffer.concat([
      eventOf("messageStart", { role: "assistant" }),
      ...["Hello", " ü", "!"].map((text) =>
        eventOf("contentBlockDelta", { contentBlockIndex: 0, delta: { text } }),
      ),
      eventOf("messageStop", { stopReason: "end_turn" }),
    ]),
  PutRecords: (text) => {
    const { Records } = JSON.parse(text) as { Records: { Data: string }[] };
    const numbered = Records.map(({ Data }, index) => ({
      SequenceNumber: `${index}${Data}`,
      ShardId: "shard-0",
    }));
    return { FailedRecordCount: 0, Records: numbered };
  },
  AdminGetUser: (text) => ({
    Username: (JSON.parse(text) as { Username: string }).Username,
    UserCreateDate: 1_700_000_000.25,
    UserAttributes: [{ Name: "email", Value: "ada@example.com" }],
  }),
  Decrypt: (text) => ({
    Plaintext: (JSON.parse(text) as { CiphertextBlob: string }).CiphertextBlob,
    KeyId: "k",
  }),
  StartExecution: (text) =>
    text.includes('"none"')
      ? { refused: "StateMachineDoesNotExist" }
      : { executionArn: "arn:aws:states:us-east-1:000000000000:execution:m:1", startDate: 1_700_000_000 },
  PutMetricData: () => ({}),
  SendEmail: (text) =>
    xml("SendEmail", `<MessageId>${new URLSearchParams(text).get("Message.Subject.Data") ?? ""}</MessageId>`),
  AssumeRole: () =>
    xml(
      "AssumeRole",
      "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t&amp;u</SessionToken><Expiration>2026-01-01T00:00:00Z</Expiration></Credentials>",
    ),
};

function xml(operation: string, result: string): string {
  return `<${operation}Response><${operation}Result>${result}</${operation}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${operation}Response>`;
}

/** One message of an event stream: lengths, headers, body and their sums. */
function eventOf(type: string, body: object): Buffer {
  const text = Buffer.from(JSON.stringify(body));
  const headers = Buffer.concat(
    Object.entries({
      ":event-type": type,
      ":content-type": "application/json",
      ":message-type": "event",
    }).map(([name, value]) =>
      Buffer.concat([
        Buffer.from([name.length]),
        Buffer.from(name),
        Buffer.from([7, 0, value.length]),
        Buffer.from(value),
      ]),
    ),
  );
  const message = Buffer.alloc(12 + headers.length + text.length + 4);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(headers.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  headers.copy(message, 12);
  text.copy(message, 12 + headers.length);
  message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4);
  return message;
}
