import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";
import type { LogRecord } from "../../src/index.ts";

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

function ofFunction(logs: readonly LogRecord[]): LogRecord[] {
  return logs.filter(({ origin }) => origin === "function");
}

describe("console in the text format", () => {
  it("has its class before its module is asked for, and can be cleared", async () => {
    const bench = makeBench();
    await bench.deploy(`exports.handler = () => {
      let text = "";
      const own = new console.Console({ write: (part) => (text += part) });
      own.log("a %d", 1);
      own.error("b");
      console.clear();
      return [text, own instanceof console.Console, console.Console === require("node:console").Console];
    };`);
    expect((await bench.succeed({})).payload).toEqual(["a 1\nb\n", true, true]);
  });

  it("becomes records with level, request id and time, between START, END and REPORT", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async () => { console.log("hello", { a: 1 }); console.warn("%s is %d", "it", 2); };`,
    );
    const before = Date.now();
    const { requestId } = await bench.succeed();
    const lines = bench.lines();
    expect(lines).toEqual([
      `START RequestId: ${requestId} Version: 1`,
      expect.stringMatching(new RegExp(`^${TIME}\t${requestId}\tINFO\thello { a: 1 }$`)),
      expect.stringMatching(new RegExp(`^${TIME}\t${requestId}\tWARN\tit is 2$`)),
      `END RequestId: ${requestId}`,
      expect.stringMatching(
        new RegExp(
          `^REPORT RequestId: ${requestId}\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\t` +
            `Max Memory Used: \\d+ MB\tInit Duration: \\d+\\.\\d\\d ms\t$`,
        ),
      ),
    ]);
    const [first] = ofFunction(bench.logs);
    expect(first).toMatchObject({
      origin: "function",
      functionName: "fn",
      functionVersion: "1",
      requestId,
      level: "INFO",
      message: "hello { a: 1 }",
    });
    expect(first?.timeMs).toBeGreaterThanOrEqual(before);
    expect(first?.timeMs).toBeLessThanOrEqual(Date.now());
    expect(new Set(bench.logs.map(({ logStreamName }) => logStreamName)).size).toBe(1);
  });

  it("has no Init Duration in the REPORT of a warm start", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => 1;`);
    await bench.succeed();
    await bench.succeed();
    const reports = bench.lines().filter((line) => line.startsWith("REPORT"));
    expect(reports[0]).toContain("Init Duration");
    expect(reports[1]).not.toContain("Init Duration");
  });

  it.each([
    ["log", "INFO"],
    ["info", "INFO"],
    ["debug", "DEBUG"],
    ["warn", "WARN"],
    ["error", "ERROR"],
    ["trace", "TRACE"],
    ["fatal", "FATAL"],
  ])("console.%s has the level %s", async (method, level) => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => { console.${method}("x"); };`);
    await bench.succeed();
    expect(ofFunction(bench.logs)[0]).toMatchObject({ level });
  });

  it("writes a text of several lines as one record, its line ends as carriage returns", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => { console.log("one\\ntwo\\nthree"); };`);
    await bench.succeed();
    const [record, ...rest] = ofFunction(bench.logs);
    expect(rest).toEqual([]);
    expect(record?.message).toBe("one\ntwo\nthree");
    expect(record?.line).toMatch(/\tINFO\tone\rtwo\rthree$/);
  });

  it("writes an error with its stack, which points at the user's file", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => {\n  console.error(new RangeError("far"));\n};`);
    await bench.succeed();
    const { message } = ofFunction(bench.logs)[0] ?? { message: "" };
    expect(message).toMatch(/^RangeError: far\n {4}at .*\/var\/task\/index\.js:2:17/);
    expect(message).not.toMatch(/isolet:/);
  });

  it("writes lines of init without a request id, before START", async () => {
    const bench = makeBench();
    await bench.deploy(
      `console.log("loading"); export const handler = async () => { console.log("running"); };`,
    );
    const { requestId } = await bench.succeed();
    const [first, start, second] = bench.logs;
    expect(first).toMatchObject({ origin: "function", message: "loading" });
    expect(first).not.toHaveProperty("requestId");
    expect(first?.line).toMatch(new RegExp(`^${TIME}\tundefined\tINFO\tloading$`));
    expect(start?.line).toBe(`START RequestId: ${requestId} Version: 1`);
    expect(second).toMatchObject({ requestId, message: "running" });
  });

  it("says what failed before END, and how in REPORT", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => { throw new TypeError("boom"); };`);
    const { requestId } = await bench.fail();
    const [start, failure, end, report] = bench.lines();
    expect(start).toMatch(/^START/);
    expect(failure).toMatch(
      new RegExp(`^${TIME}\t${requestId}\tERROR\tInvoke Error \t\\{"errorType":"TypeError"`),
    );
    expect(end).toBe(`END RequestId: ${requestId}`);
    expect(report).not.toContain("Status");
  });

  it("says that it timed out", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async () => { for (;;); };`, { timeoutMs: 50 });
    const { requestId } = await bench.fail();
    const lines = bench.lines();
    expect(lines[1]).toContain(`RequestId: ${requestId} Error: Task timed out after 0.05 seconds`);
    expect(lines.at(-1)).toMatch(/Status: timeout\t$/);
  });

  it("drops what is below AWS_LAMBDA_LOG_LEVEL", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async () => { console.debug("d"); console.info("i"); console.error("e"); };`,
      { environment: { AWS_LAMBDA_LOG_LEVEL: "ERROR" } },
    );
    await bench.succeed();
    expect(ofFunction(bench.logs).map(({ message }) => message)).toEqual(["e"]);
  });

  it("keeps each invocation's lines to its own request id", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async (e) => { await 0; console.log(String(e)); return e; };`);
    const results = await Promise.all([1, 2, 3, 4, 5].map((n) => bench.succeed(n)));
    for (const { requestId, payload } of results) {
      const own = ofFunction(bench.logs).filter((record) => record.requestId === requestId);
      expect(own.map(({ message }) => message)).toEqual([String(payload)]);
    }
  });
});

describe("console in the JSON format", () => {
  it("becomes one object a line, platform records included", async () => {
    const bench = makeBench({ logFormat: "json" });
    await bench.deploy(
      `export const handler = async () => { console.log({ order: 7 }); console.error("failed", new TypeError("no")); };`,
    );
    const { requestId } = await bench.succeed(1, { tenant: "acme" });
    const lines = bench.lines().map((line) => JSON.parse(line) as Record<string, unknown>);
    const timestamp = expect.stringMatching(new RegExp(`^${TIME}$`));
    expect(lines[0]).toEqual({
      time: timestamp,
      type: "platform.start",
      record: { requestId, version: "1" },
    });
    expect(lines[1]).toEqual({
      timestamp,
      level: "INFO",
      requestId,
      tenantId: "acme",
      message: { order: 7 },
    });
    expect(lines[2]).toMatchObject({
      timestamp,
      level: "ERROR",
      requestId,
      errorType: "TypeError",
      errorMessage: "no",
      stackTrace: expect.arrayContaining(["TypeError: no"]),
    });
    expect(lines[3]).toEqual({
      time: timestamp,
      type: "platform.runtimeDone",
      record: { requestId, status: "success" },
    });
    expect(lines[4]).toMatchObject({
      type: "platform.report",
      record: { requestId, status: "success", metrics: { memorySizeMB: 128 } },
    });
    expect(lines).toHaveLength(5);
  });

  it("stays one line and one record whatever is in the text", async () => {
    const bench = makeBench({ logFormat: "json" });
    await bench.deploy(`export const handler = async () => { console.log('a\\n"b"\\u2028'); };`);
    await bench.succeed();
    const [record] = ofFunction(bench.logs);
    expect(record?.line).not.toContain("\n");
    expect((JSON.parse(record?.line ?? "") as { message: string }).message).toBe('a\n"b"\u2028');
  });
});

describe("the log tail", () => {
  it("comes with the result only when asked for, without anybody listening too", async () => {
    const { engine } = makeBench();
    await engine.deploy("quiet", {
      code: { source: `export const handler = async () => { console.log("hi"); };` },
    });
    const without = await engine.invoke("quiet");
    expect(without).not.toHaveProperty("logTail");
    const result = await engine.invoke("quiet", 1, { logTail: true });
    const lines = (result.status === "succeeded" ? (result.logTail ?? "") : "").split("\n");
    expect(lines.map((line) => line.split(/[ \t]/)[0])).toEqual([
      "START",
      expect.stringMatching(TIME),
      "END",
      "REPORT",
      "",
    ]);
  });

  it("is the last 4 KB, cut between characters", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async () => { for (let i = 0; i < 200; i++) console.log("é".repeat(50) + i); };`,
    );
    const { logTail = "" } = await bench.succeed(1, { logTail: true });
    const bytes = Buffer.byteLength(logTail);
    expect(bytes).toBeLessThanOrEqual(4_096);
    expect(bytes).toBeGreaterThan(4_096 - 4);
    expect(logTail).not.toContain("\ufffd");
    expect(logTail).toContain("é199\n");
    expect(logTail).toMatch(/\nREPORT [^\n]+\n$/);
  });

  it("comes with a failure", async () => {
    const bench = makeBench();
    await bench.deploy(
      `export const handler = async () => { console.log("so far"); throw new Error("boom"); };`,
    );
    const { logTail } = await bench.fail(1, { logTail: true });
    expect(logTail).toMatch(/so far\n[^\n]*Invoke Error[^\n]*boom[^\n]*\nEND /);
  });
});
