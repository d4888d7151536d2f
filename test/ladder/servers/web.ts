import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Side } from "../ladder.ts";
import { openLoopback, readBody } from "./loopback.ts";

type Route = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void> | void;

/** What HTTP clients meet: echoes, forms, redirects, failures; and as much of Stripe, OpenAI and Sentry as the handlers ask. */
export async function openWeb(): Promise<Side> {
  const routes = makeRoutes();
  const { url, close } = await openLoopback((request, response) => {
    const asked = new URL(request.url ?? "/", "http://loopback");
    const route = routes.find(([path]) =>
      typeof path === "string" ? path === asked.pathname : path.test(asked.pathname),
    );
    void (async () => {
      if (route) await route[1](request, response, asked);
      else json(response, { error: { type: "invalid_request_error", message: `no ${asked.pathname}` } }, 404);
    })();
  });
  return {
    environment: { API_URL: url },
    permissions: { net: { hosts: [new URL(url).host] } },
    close,
  };
}

function makeRoutes(): [path: string | RegExp, route: Route][] {
  const tries = new Map<string, number>();
  const received: object[] = [];
  return [
    ["/echo", echo],
    [
      "/form",
      async (request, response) => {
        const posted = new Request("http://loopback", {
          method: "POST",
          headers: { "content-type": request.headers["content-type"] ?? "" },
          body: new Uint8Array(await readBody(request)),
        });
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- forms of some bytes, in a test
        const form = await posted.formData();
        const fields = await Promise.all(
          [...form].map(async ([name, value]) =>
            typeof value === "string" ? [name, value] : [name, value.name, value.type, await value.text()],
          ),
        );
        json(response, fields);
      },
    ],
    [
      "/gzip",
      (_, response) =>
        void response
          .writeHead(200, { "content-encoding": "gzip", "content-type": "application/json" })
          .end(gzipSync('{"zipped":true}')),
    ],
    ["/redirect", (_, response) => void response.writeHead(302, { location: "/echo?redirected=1" }).end()],
    [
      "/bytes",
      (_, response) =>
        void response
          .writeHead(200, { "content-type": "application/octet-stream" })
          .end(Buffer.alloc(100_000, 7).subarray(0, 70_000)),
    ],
    [
      "/slow",
      async (_, response) => {
        await delay(2_000, undefined, { ref: false });
        response.end("late");
      },
    ],
    ["/cut", (request) => void request.socket.destroy()],
    [
      /^\/status\//,
      (_, response, url) =>
        void response
          .writeHead(Number(url.pathname.split("/")[2]), { "content-type": "text/plain" })
          .end("as asked"),
    ],
    [
      /^\/flaky\//,
      (_, response, url) => {
        const count = (tries.get(url.pathname) ?? 0) + 1;
        tries.set(url.pathname, count);
        response.writeHead(count < 3 ? 503 : 200).end(`try ${count}`);
      },
    ],
    ...stripe(),
    ...openAi(),
    [
      "/api/1/envelope/",
      async (request, response) => {
        const lines = (await readBody(request)).toString().split("\n");
        const event = JSON.parse(lines[2] ?? "{}") as Record<string, unknown>;
        received.push({
          type: (JSON.parse(lines[1] ?? "{}") as { type: string }).type,
          message: event["message"],
          exception: event["exception"] && "an exception",
          tags: event["tags"],
          release: event["release"],
        });
        json(response, {});
      },
    ],
    ["/received", (_, response) => json(response, received)],
  ];
}

async function echo(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const body = (await readBody(request)).toString();
  const {
    "x-client": client,
    authorization,
    "content-type": type,
    "content-length": length,
  } = request.headers;
  json(response, {
    method: request.method,
    query: [...url.searchParams],
    client,
    authorization,
    type,
    length,
    body,
  });
}

function stripe(): [string | RegExp, Route][] {
  return [
    [
      "/v1/payment_intents",
      async (request, response) => {
        const fields = new URLSearchParams((await readBody(request)).toString());
        json(response, {
          id: "pi_1",
          object: "payment_intent",
          amount: Number(fields.get("amount")),
          metadata: {
            order: fields.get("metadata[order]"),
            key: request.headers["idempotency-key"],
            auth: request.headers.authorization,
          },
        });
      },
    ],
    [
      "/v1/payment_intents/pi_declined/confirm",
      (_, response) =>
        json(
          response,
          { error: { type: "card_error", code: "card_declined", message: "Your card was declined." } },
          402,
        ),
    ],
    [
      "/v1/customers",
      (_, response, url) => {
        const isSecond = url.searchParams.has("starting_after");
        json(response, {
          object: "list",
          url: "/v1/customers",
          has_more: !isSecond,
          data: [{ id: isSecond ? "cus_2" : "cus_1", object: "customer", name: isSecond ? "Bob" : "Ada" }],
        });
      },
    ],
  ];
}

function openAi(): [string | RegExp, Route][] {
  return [
    [
      "/v1/chat/completions",
      async (request, response) => {
        const asked = JSON.parse((await readBody(request)).toString()) as {
          stream?: boolean;
          messages: { content: string }[];
        };
        const words = `You asked: ${asked.messages[0]?.content ?? ""}`.split(/(?<= )/);
        if (!asked.stream)
          return json(response, {
            id: "c1",
            object: "chat.completion",
            choices: [
              { index: 0, finish_reason: "stop", message: { role: "assistant", content: words.join("") } },
            ],
          });
        response.writeHead(200, { "content-type": "text/event-stream" });
        for (const content of words)
          response.write(
            `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content } }] })}\n\n`,
          );
        response.end("data: [DONE]\n\n");
      },
    ],
    [
      "/v1/models/none",
      (_, response) =>
        json(
          response,
          {
            error: {
              message: "The model 'none' does not exist",
              type: "invalid_request_error",
              code: "model_not_found",
            },
          },
          404,
        ),
    ],
  ];
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
