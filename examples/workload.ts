/** What `start.ts` deploys and sends: five functions and several hundred events, mixed. */
import { fileURLToPath } from "node:url";
import type { APIGatewayProxyStructuredResultV2, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { FunctionSettings } from "isolet";
import { httpApiEvents } from "./events/http-api.ts";
import { createRandom } from "./events/random.ts";
import { s3Events } from "./events/s3.ts";
import type { Sample } from "./events/sample.ts";
import { scheduledEvents } from "./events/schedule.ts";
import { snsEvents } from "./events/sns.ts";
import { sqsEvents } from "./events/sqs.ts";

/** Answers counted by kind: `{ "HTTP 201": 1 }`, `{ "messages packed": 7, "messages sent back": 1 }`. */
export type Tally = Readonly<Record<string, number>>;

/** A function to deploy and what to send it. */
export interface Exercise {
  readonly name: string;
  readonly settings: FunctionSettings;
  readonly samples: readonly Sample<unknown>[];
  /** What a successful answer amounts to. */
  readonly tally: (event: unknown, payload: unknown) => Tally;
}

/** One invocation to make. */
export interface Call {
  readonly exercise: Exercise;
  readonly sample: Sample<unknown>;
}

export const exercises: readonly Exercise[] = [
  {
    name: "orders-api",
    settings: { code: { file: handlerFile("orders-api") }, memoryMb: 256 },
    samples: httpApiEvents(360),
    tally: (_event, payload) => {
      const { statusCode = 200 } = payload as APIGatewayProxyStructuredResultV2;
      return { [`HTTP ${statusCode}`]: 1 };
    },
  },
  {
    name: "sqs-fulfilment",
    settings: { code: { file: handlerFile("sqs-fulfilment") } },
    samples: sqsEvents(120),
    tally: (event, payload) => {
      const sentBack = (payload as SQSBatchResponse).batchItemFailures.length;
      return {
        "message packed": (event as SQSEvent).Records.length - sentBack,
        "message sent back": sentBack,
      };
    },
  },
  {
    name: "s3-media-index",
    settings: { code: { file: handlerFile("s3-media-index") } },
    samples: s3Events(160),
    tally: (_event, payload) =>
      countBy(payload as readonly { action: string }[], ({ action }) => `index ${action}`),
  },
  {
    name: "nightly-report",
    settings: { code: { file: handlerFile("nightly-report") }, memoryMb: 512 },
    samples: scheduledEvents(30),
    tally: () => ({ "report written": 1 }),
  },
  {
    name: "payments-webhook",
    // Short on purpose: a bank that doesn't answer costs one second, not Lambda's usual three. Not shorter, since a
    // statement of 7 MB takes 50 ms to write on an idle machine, and many times that on a busy one.
    settings: { code: { file: handlerFile("payments-webhook") }, timeoutMs: 1_000 },
    samples: snsEvents(120),
    tally: (_event, payload) => ({ "ledger entry": (payload as readonly unknown[]).length }),
  },
];

/** All calls, shuffled: traffic of several functions never comes in turn. */
export function mixedCalls(from: readonly Exercise[] = exercises, seed = 6): readonly Call[] {
  const random = createRandom(seed);
  return from
    .flatMap((exercise) => exercise.samples.map((sample) => ({ exercise, sample })))
    .map((call) => ({ call, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ call }) => call);
}

function handlerFile(name: string): string {
  return fileURLToPath(new URL(`./handlers/${name}.ts`, import.meta.url));
}

function countBy<T>(values: readonly T[], kind: (value: T) => string): Tally {
  const counts: Record<string, number> = {};
  for (const value of values) counts[kind(value)] = (counts[kind(value)] ?? 0) + 1;
  return counts;
}
