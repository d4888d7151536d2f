import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { EngineClosedError } from "../../src/base/errors.ts";
import type { Launch } from "../../src/sandbox/link.ts";
import type { EnvironmentListener } from "../../src/sandbox/listener.ts";
import { ProcessLink } from "../../src/sandbox/process-link.ts";
import { Sandbox, type PlacedEnvironment, type SandboxVersion } from "../../src/sandbox/sandbox.ts";
import { ThreadLink } from "../../src/sandbox/thread-link.ts";
import { makeVersion, PLAIN } from "./fake-cell.ts";
import { LIMITS, versionOf } from "./real-cell.ts";
import { NO_CALLS } from "./no-calls.ts";

const NATIVE_LOOP = "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)";

const PLACEMENTS: readonly (readonly [string, Launch])[] = [
  ["threads", (listener) => new ThreadLink(listener)],
  ["processes", (listener) => new ProcessLink(listener, LIMITS)],
];

function setUp(launch: Launch, cellCount: number): { sandbox: Sandbox; lost: string[] } {
  const lost: string[] = [];
  const sandbox = new Sandbox({
    ...PLAIN,
    cellCount,
    prepared: 0,
    launch,
    clock: systemClock,
    onCellLost: (reason) => void lost.push(reason),
  });
  onTestFinished(() => sandbox.close());
  return { sandbox, lost };
}

/** An initialised environment whose answers can be awaited. */
async function place(sandbox: Sandbox, version: SandboxVersion) {
  const waiting = new Map<number, (text: string) => void>();
  let onLost: (reason: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => {
    onLost = resolve;
  });
  const placed = await new Promise<PlacedEnvironment>((resolve, reject) => {
    const listener: EnvironmentListener = {
      calls: NO_CALLS,
      initialized: () => resolve(environment),
      initFailed: (_reason, text) => reject(new Error(text)),
      done: (number, { text }) => waiting.get(number)?.(text),
      log: () => undefined,
      returned: () => undefined,
      ended: () => undefined,
      listens: () => undefined,
      retire: () => undefined,
      tookCell: () => undefined,
      heldUp: () => undefined,
      freed: () => undefined,
      lost: ({ reason }) => onLost(reason),
    };
    const environment = sandbox.create(version, 5_000, "stream", listener);
  });
  const send = (payload: unknown): number => placed.invoke("req", 5_000, JSON.stringify(payload), "");
  const call = async (payload: unknown): Promise<string> => {
    const number = send(payload);
    return new Promise((resolve) => waiting.set(number, resolve));
  };
  return { placed, send, call, lost };
}

const sizes = (sandbox: Sandbox): number[] => sandbox.cells.map(({ environments }) => environments).sort();

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.each(PLACEMENTS)("a sandbox over %s", (_name, launch) => {
  it("places each environment in the emptiest cell", async () => {
    const { sandbox } = setUp(launch, 3);
    const version = versionOf("return event");
    const environments = [];
    for (let index = 0; index < 7; index++) environments.push(await place(sandbox, version));
    expect(sizes(sandbox)).toEqual([2, 2, 3]);
    environments[0]?.placed.dispose();
    environments[3]?.placed.dispose();
    expect(sizes(sandbox)).toEqual([1, 2, 2]);
    expect(await environments[6]?.call({ a: 1 })).toBe('{"a":1}');
  });

  it("compiles, and tells syntax errors", async () => {
    const { sandbox } = setUp(launch, 1);
    expect(await sandbox.compile("export const a = 1", undefined, "/var/task/index.mjs")).toMatchObject({
      ok: true,
      format: "esm",
    });
    const broken = await sandbox.compile("const = 1", undefined, "/var/task/index.js");
    expect(broken.ok).toBe(false);
  });

  it("gives up a cell that a guest won't leave, replaces it, and goes on serving", async () => {
    const { sandbox, lost } = setUp(launch, 1);
    const stuck = await place(sandbox, versionOf(NATIVE_LOOP));
    const neighbour = await place(sandbox, versionOf("return event"));
    const number = stuck.send(null);
    await until(() => stuck.placed.progressOf(number) !== "waiting");
    stuck.placed.dispose();
    expect(await neighbour.lost).toBe("a guest in it could not be stopped");
    expect(lost).toEqual(["a guest in it could not be stopped"]);
    expect(sandbox.lostCells).toBe(1);
    const after = await place(sandbox, versionOf("return event + 1"));
    expect(await after.call(1)).toBe("2");
  });

  it("gives it up also when the guest began only after it was told to end", async () => {
    const { sandbox, lost } = setUp(launch, 1);
    const stuck = await place(sandbox, versionOf(NATIVE_LOOP));
    const neighbour = await place(sandbox, versionOf("return event"));
    stuck.send(null);
    // One message each: the guest is in its loop before the order to end can be read.
    await new Promise((resolve) => setImmediate(resolve));
    stuck.placed.dispose();
    await neighbour.lost;
    expect(lost).toHaveLength(1);
  });

  it("keeps a cell whose guest can be stopped", async () => {
    const { sandbox } = setUp(launch, 1);
    const busy = await place(sandbox, versionOf("await new Promise(() => setInterval(() => {}, 1))"));
    const neighbour = await place(sandbox, versionOf("return event"));
    busy.send(null);
    busy.placed.dispose();
    expect(await neighbour.call(5)).toBe("5");
    expect(sandbox.lostCells).toBe(0);
  });

  it("refuses everything once it is closed, and closing twice is fine", async () => {
    const { sandbox } = setUp(launch, 2);
    await place(sandbox, versionOf("return event"));
    const compiling = expect(sandbox.compile("1", undefined, "f")).rejects.toThrow(EngineClosedError);
    await sandbox.close();
    await sandbox.close();
    await compiling;
    await expect(sandbox.compile("1", undefined, "f")).rejects.toThrow(EngineClosedError);
    expect(() => sandbox.create(makeVersion(), 1, "s", {} as EnvironmentListener)).toThrow(EngineClosedError);
    expect(sandbox.cells).toEqual([]);
  });
});
