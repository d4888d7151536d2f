import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { httpApiEvents } from "../../examples/events/http-api.ts";
import { createRandom } from "../../examples/events/random.ts";
import { s3Events } from "../../examples/events/s3.ts";
import type { Sample } from "../../examples/events/sample.ts";
import { scheduledEvents } from "../../examples/events/schedule.ts";
import { snsEvents } from "../../examples/events/sns.ts";
import { sqsEvents } from "../../examples/events/sqs.ts";

const corpus = resolve(import.meta.dirname, "../../../shared/corpora/events");

interface Kind {
  readonly name: string;
  readonly make: (count: number, seed?: number) => readonly Sample<unknown>[];
  /** Samples of the same kind of event that others wrote. */
  readonly corpusFiles: readonly string[];
  /** Objects whose keys are data, not shape. */
  readonly dictionaries: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    name: "HTTP API",
    make: httpApiEvents,
    corpusFiles: [
      "powertools/apigw-http/no-auth.json",
      "powertools/apigw-http/jwt-authorizer-auth.json",
      "powertools/apigw-http/iam-auth.json",
      "sam/apigateway/HttpApi.json",
    ],
    dictionaries: [
      "headers",
      "queryStringParameters",
      "pathParameters",
      "requestContext.authorizer.jwt.claims",
    ],
  },
  {
    name: "SQS",
    make: sqsEvents,
    corpusFiles: ["powertools/sqs/base.json", "powertools/sqs/sns-body.json", "sam/sqs/Sqs.json"],
    dictionaries: ["Records.messageAttributes"],
  },
  {
    name: "S3",
    make: s3Events,
    corpusFiles: [
      "powertools/s3/base.json",
      "powertools/s3/delete-object.json",
      "sam/s3/S3Put.json",
      "sam/s3/S3Delete.json",
    ],
    dictionaries: [],
  },
  {
    name: "schedule",
    make: scheduledEvents,
    // SAM's sample leaves out `version`, which EventBridge always sends; the other one has it.
    corpusFiles: ["sam/cloudwatch/ScheduledEvent.json", "powertools/eventbridge/base.json"],
    dictionaries: ["detail"],
  },
  {
    name: "SNS",
    make: snsEvents,
    corpusFiles: ["powertools/sns/base.json", "sam/sns/Sns.json"],
    dictionaries: ["Records.Sns.MessageAttributes"],
  },
];

/** Every path of keys in a value, lists looked through: `Records.s3.object.key`. */
function keyPaths(value: unknown, dictionaries: readonly string[], path = ""): ReadonlySet<string> {
  const paths = new Set<string>();
  if (Array.isArray(value)) {
    for (const item of value) for (const found of keyPaths(item, dictionaries, path)) paths.add(found);
  } else if (typeof value === "object" && value !== null && !dictionaries.includes(path)) {
    for (const [key, inner] of Object.entries(value)) {
      const keyPath = path ? `${path}.${key}` : key;
      paths.add(keyPath);
      for (const found of keyPaths(inner, dictionaries, keyPath)) paths.add(found);
    }
  }
  return paths;
}

describe.each(kinds)("$name events", ({ make, corpusFiles, dictionaries }) => {
  it("are all different", () => {
    const texts = make(400).map(({ event }) => JSON.stringify(event));
    expect(new Set(texts).size).toBe(400);
  });

  it("are the same for the same seed, others for another", () => {
    expect(make(50)).toEqual(make(50));
    expect(make(50, 7)).toEqual(make(50, 7));
    // Their first differs too: a seed isn't an offset.
    expect(make(1, 7)).not.toEqual(make(1, 8));
  });

  it("survive JSON as they are", () => {
    const events = make(50).map(({ event }) => event);
    expect(JSON.parse(JSON.stringify(events))).toStrictEqual(events);
  });

  it("have the keys that real ones have", ({ skip }) => {
    if (!existsSync(corpus)) skip(`no samples to compare with: ${corpus} is not there`);
    const real = corpusFiles.map((file) =>
      keyPaths(JSON.parse(readFileSync(join(corpus, file), "utf8")), dictionaries),
    );
    const known = new Set(real.flatMap((paths) => [...paths]));
    const always = [...known].filter((path) => real.every((paths) => paths.has(path)));
    for (const { event } of make(200)) {
      const paths = keyPaths(event, dictionaries);
      expect([...paths].filter((path) => !known.has(path))).toEqual([]);
      expect(always.filter((path) => !paths.has(path))).toEqual([]);
    }
  });
});

describe("generated values", () => {
  it("carry the MD5 of each SQS body", () => {
    for (const { Records } of sqsEvents(20).map(({ event }) => event)) {
      for (const { body, md5OfBody } of Records) {
        expect(md5OfBody).toBe(createHash("md5").update(body).digest("hex"));
      }
    }
  });

  it("give every SQS message an id of its own", () => {
    const ids = sqsEvents(200).flatMap(({ event }) => event.Records.map(({ messageId }) => messageId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("hold plain and base64 HTTP bodies, with the length that the header says", () => {
    const bodies = httpApiEvents(200)
      .map(({ event }) => event)
      .filter(({ body }) => body !== undefined);
    for (const { body, isBase64Encoded, headers } of bodies) {
      const bytes = Buffer.from(body!, isBase64Encoded ? "base64" : "utf8");
      expect(bytes.byteLength).toBe(Number(headers["content-length"]));
    }
    expect(new Set(bodies.map(({ isBase64Encoded }) => isBase64Encoded))).toEqual(new Set([true, false]));
  });

  it("write API Gateway's time as API Gateway does", () => {
    const { time, timeEpoch } = httpApiEvents(1)[0]!.event.requestContext;
    expect(time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    const parsed = Date.parse(time.replace(/^(\d+)\/(\w+)\/(\d+):/, "$1 $2 $3 "));
    expect(parsed).toBe(Math.floor(timeEpoch / 1_000) * 1_000);
  });

  it("leave size and eTag out of removed S3 objects, as S3 does", () => {
    const removed = s3Events(200)
      .flatMap(({ event }) => event.Records)
      .filter(({ eventName }) => eventName.startsWith("ObjectRemoved"));
    expect(removed.length).toBeGreaterThan(0);
    for (const { s3 } of removed) expect(Object.keys(s3.object)).toEqual(["key", "sequencer"]);
  });

  it("expect every kind of trouble from the webhook, and mostly none", () => {
    const expected = snsEvents(120).map(({ expectedError }) => expectedError);
    expect(new Set(expected).size).toBe(7);
    expect(expected.filter((error) => error === undefined).length).toBe(90);
  });

  it("are spread as a random number should be", () => {
    const random = createRandom(42);
    const tenths = Array.from({ length: 10_000 }, () => Math.floor(random.next() * 10));
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const share = tenths.filter((value) => value === tenth).length / 10_000;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.02);
    }
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe("examples", () => {
  it("read nothing outside the project: a fresh clone has no corpora", () => {
    const root = resolve(import.meta.dirname, "../../examples");
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    expect(files.map((file) => basename(file))).toContain("start.ts");
    for (const file of files) expect(readFileSync(join(root, file), "utf8")).not.toContain("corpora");
  });
});
