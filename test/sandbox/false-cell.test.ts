import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { Deadlines } from "../../src/base/deadlines.ts";
import type { Completion } from "../../src/invocation/invocation.ts";
import { IdleList } from "../../src/pool/idle-list.ts";
import { Pool } from "../../src/pool/pool.ts";
import { ProcessLink } from "../../src/sandbox/process-link.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { until } from "../engine/helpers.ts";
import { serveNothing } from "./no-calls.ts";
import { makeInvocation } from "../invocation/support.ts";
import { PLAIN } from "./fake-cell.ts";
import { LIMITS, versionOf } from "./real-cell.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = {
  path: fileURLToPath(new URL("./fixtures/false-cell.ts", import.meta.url)),
  reads: [`${ROOT}*`],
};

/** A pool whose first cell is a false one; whatever takes its place is not. */
function setUp(logStream = "stream") {
  const lost: string[] = [];
  let cells = 0;
  const sandbox = new Sandbox({
    ...PLAIN,
    prepared: 0,
    launch: (listener) => new ProcessLink(listener, LIMITS, cells++ === 0 ? PROGRAM : undefined),
    clock: systemClock,
    onCellLost: (reason) => void lost.push(reason),
  });
  const deadlines = new Deadlines(systemClock);
  const pool = new Pool({
    sandbox,
    clock: systemClock,
    deadlines,
    idle: new IdleList(systemClock, { keepAliveMs: 60_000, memoryBudgetBytes: Infinity }),
    version: versionOf("return 'from a true cell'"),
    environmentConcurrency: 1,
    limit: 1,
    provisioned: 0,
    initTimeoutMs: 5_000,
    timeoutMs: 300,
    responseLimitBytes: 1_000,
    streamLimitBytes: 1_048_576,
    shutdownMs: 500,
    debugHost: () => undefined,
    serveCalls: serveNothing,
    newLogStream: () => logStream,
    listener: {
      started: () => undefined,
      ended: () => undefined,
      initFailed: () => undefined,
      log: () => undefined,
      tookCell: () => undefined,
    },
  });
  onTestFinished(() => sandbox.close());
  const invoke = (payload: string): Promise<Completion> =>
    pool.run(makeInvocation({ payload: JSON.stringify(payload), timeoutMs: 300 }));
  return { invoke, lost, sandbox };
}

const OK = '"ok"';
const MOVED = '"from a true cell"';

/** What it does, what becomes of the invocation, and what is said of the cell. */
const BREACHES: readonly (readonly [way: string, end: string, said: RegExp])[] = [
  ["forged", MOVED, /answered invocation 1001/],
  ["twice", OK, /answered invocation 1,/],
  ["returned and done", MOVED, /answered invocation 1,/],
  ["returned, not sent", MOVED, /answered invocation 8,/],
  ["another's environment", MOVED, /environment 1001/],
  ["an environment's end, not its own", MOVED, /environment 1001/],
  ["after its end", MOVED, /environment 1,/],
  ["a second init", MOVED, /init that was over/],
  ["a late failure of init", MOVED, /init that was over/],
  ["ready again", MOVED, /ready/],
  ["an answer to no ping", MOVED, /ping/],
  ["a compile nobody asked for", MOVED, /compiled/],
  ["rubbish", MOVED, /frame/],
  ["an oversized frame", MOVED, /maxFrameBytes/],
  ["a frame of a hundred thousand messages", MOVED, /100000 messages/],
  ["a flood of log", MOVED, /log/],
  ["a flood of long lines", MOVED, /log/],
  ["more calls than there may be", MOVED, /more calls/],
  ["a call opened twice", MOVED, /one twice/],
  ["a flood of calls", MOVED, /more calls/],
  ["a flood for no call", MOVED, /more for its calls/],
  ["a flood of errors", MOVED, /standard error/],
];

describe("a cell that a guest has taken over", () => {
  it.each(BREACHES)("is given up for %s, and what it was given is answered once", async (way, end, said) => {
    const { invoke, lost } = setUp();
    expect(await invoke(way)).toMatchObject({ outcome: "succeeded", text: end });
    // Nothing more is heard of the old cell.
    expect(await invoke("honest")).toMatchObject({ outcome: "succeeded", text: MOVED });
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatch(/^the cell broke the protocol: /);
    expect(lost[0]).toMatch(said);
  });

  it("is given up for a second answer that comes later", async () => {
    const { invoke, lost } = setUp();
    expect(await invoke("twice apart")).toMatchObject({ outcome: "succeeded", text: OK });
    await until(() => lost.length > 0);
    expect(lost).toEqual([expect.stringMatching(/answered invocation 1,/)]);
    expect(await invoke("honest")).toMatchObject({ outcome: "succeeded", text: MOVED });
  });

  it("is given up when it answers before it was asked", async () => {
    const { invoke, lost } = setUp("early");
    expect(await invoke("honest")).toMatchObject({ outcome: "succeeded", text: MOVED });
    expect(lost).toEqual([expect.stringMatching(/answered invocation 1,/)]);
  });

  it("is given up when it closes its stream", async () => {
    const { invoke, lost } = setUp();
    expect(await invoke("a closed stream")).toMatchObject({ outcome: "succeeded", text: MOVED });
    expect(lost).toEqual([expect.stringMatching(/closed its stream/)]);
  });

  it.each(["silence", "deaf", "a board cut off"])("is given up for %s", async (way) => {
    const { invoke, lost } = setUp();
    const first = invoke(way);
    const second = invoke("silence");
    expect(await first).toMatchObject({ outcome: "succeeded", text: MOVED });
    expect(await second).toMatchObject({ outcome: "succeeded", text: MOVED });
    expect(lost).toEqual(["the cell broke the protocol: it did not do what it was told to"]);
  });

  it("can't keep an invocation beyond its deadline by beginning it anew and anew", async () => {
    const { invoke } = setUp();
    expect(await invoke("a run without end")).toMatchObject({ outcome: "timeout" });
  });

  it("is believed as long as it keeps to the rules", async () => {
    const { invoke, lost } = setUp();
    for (let time = 0; time < 5; time++)
      expect(await invoke("honest")).toMatchObject({ outcome: "succeeded", text: OK });
    expect(lost).toEqual([]);
  });
});
