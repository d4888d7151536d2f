import { fork } from "node:child_process";
import { once } from "node:events";
import { beforeAll, describe, expect, test } from "vitest";
import { machineFacts } from "../../bench/lib/machine.ts";
import { casesOf } from "../../bench/peers/cases.ts";
import { chartsOf } from "../../bench/peers/charts.ts";
import { measureCold } from "../../bench/peers/cold.ts";
import { measureCalls } from "../../bench/peers/matrix.ts";
import type { Matrix } from "../../bench/peers/matrix.ts";
import type { Cell, Effort } from "../../bench/peers/measure.ts";
import { measureMemory } from "../../bench/peers/memory.ts";
import { checkPeer } from "../../bench/peers/peer.ts";
import { canReadProcesses, cpuSeconds, memoryOf, processTree } from "../../bench/peers/process-tree.ts";
import { openBareCellPeer } from "../../bench/peers/subjects/bare-cell.ts";
import { openForkPeer } from "../../bench/peers/subjects/fork.ts";
import { openIsoletPeer } from "../../bench/peers/subjects/isolet.ts";
import { openPiscinaPeer } from "../../bench/peers/subjects/piscina.ts";
import { openPlain } from "../../bench/peers/subjects/plain.ts";
import { openRawIsolatePeer } from "../../bench/peers/subjects/raw-isolate.ts";
import { openWorkerPerCall } from "../../bench/peers/subjects/worker-per-call.ts";
import { formatMatrix } from "../../bench/peers/tables.ts";
import { targetsOf } from "../../bench/peers/targets.ts";

/** One round of next to nothing, with those who need no package of the peers': what is looked at is never a time. */
const TINY: Effort = {
  rounds: 1,
  windowMs: 1,
  warmUpMs: 1,
  mostCallers: 1,
  starts: 1,
  functions: [2],
  memoryRounds: 1,
};

const WITHOUT_PACKAGES = [
  () => openIsoletPeer("in-process"),
  () => openIsoletPeer("process"),
  openPlain,
  openBareCellPeer,
  openRawIsolatePeer,
  openPiscinaPeer,
  openWorkerPerCall,
  openForkPeer,
];

const NAMES = [
  "isolet in-process",
  "isolet process",
  "plain call",
  "bare cell",
  "isolated-vm apply",
  "Piscina",
  "worker_threads, one per call",
  "child_process.fork",
];

const LOOPS = 1_000;

describe("the comparison with peers", () => {
  let matrix: Matrix;

  beforeAll(async () => {
    const calls = await measureCalls(WITHOUT_PACKAGES, LOOPS, TINY, () => undefined);
    const cold = await measureCold(TINY, []);
    matrix = { loops: LOOPS, ...calls, cold, memory: await measureMemory(TINY, ["in-process", "process"]) };
  }, 120_000);

  test("measures everybody in each cell, or says why not", () => {
    const cases = casesOf(LOOPS).map(({ name }) => name);
    expect(matrix.latency.map(({ name }) => name)).toEqual(cases);
    expect(matrix.throughput.map(({ name }) => name)).toEqual(cases.map((name) => `${name}, 1 caller`));
    for (const cell of [...matrix.latency, ...matrix.throughput, ...(canReadProcesses() ? matrix.cpu : [])]) {
      expect(peersOf(cell).sort()).toEqual([...NAMES].sort());
      for (const { value, rounds } of cell.measured) {
        expect(value).toBeGreaterThan(0);
        expect(rounds).toHaveLength(TINY.rounds);
      }
      for (const { reason } of cell.leftOut) expect(reason).not.toBe("");
    }
  });

  test("times isolet's cold starts with environments prepared and without", () => {
    const [cold, warm] = matrix.cold;
    const names = ["isolet in-process", "isolet process"].flatMap((name) => [
      `${name}, prepared`,
      `${name}, unprepared`,
    ]);
    expect(cold?.measured.map(({ peer }) => peer)).toEqual(names);
    expect(warm?.measured.map(({ peer }) => peer)).toEqual(names);
  });

  test.runIf(canReadProcesses())("measures the memory of warm functions", () => {
    expect(matrix.memory.map(({ name }) => name)).toEqual([
      "RSS per warm function, 2 of them",
      "PSS per warm function, 2 of them",
    ]);
    for (const { measured } of matrix.memory) {
      expect(measured.map(({ peer }) => peer)).toEqual(["isolet in-process", "isolet process"]);
    }
  });

  test("becomes a table that names everybody and every reason", () => {
    const table = formatMatrix(matrix, machineFacts());
    for (const name of NAMES) expect(table).toContain(name);
    for (const { reason } of matrix.latency.flatMap(({ leftOut }) => leftOut))
      expect(table).toContain(reason);
  });

  test("has targets only for those who were measured", () => {
    const targets = targetsOf(matrix);
    expect(targets.map(({ text }) => text)).toContain("one caller, warm: in-process p50 against Piscina");
    for (const { text } of targets) expect(text).not.toContain("workerd");
    for (const { measured, atMost = Infinity, atLeast = -Infinity, reached } of targets) {
      expect(reached).toBe(measured <= atMost && measured >= atLeast);
    }
  });

  test("becomes charts whose bars say what they show", () => {
    const charts = chartsOf(matrix);
    expect(charts.map(({ file }) => file)).toEqual(["peers-latency.svg", "peers-cold-start.svg"]);
    const [latency] = charts;
    const bars = matrix.latency[0]?.measured ?? [];
    expect(latency?.svg.match(/<rect /g)).toHaveLength(bars.length);
    expect(latency?.svg.startsWith("<svg ")).toBe(true);
    for (const { svg } of charts) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

test("refuses to measure who answers something else", async () => {
  const wrong = { name: "wrong", invoke: async () => ({ id: 7 }), close: async () => undefined };
  await expect(checkPeer(wrong, casesOf(LOOPS))).rejects.toThrow(/^wrong, echo 100 B: \{"id":7\} instead of/);
});

test("echoes have the size they are named by", () => {
  const echoes = casesOf(LOOPS).filter(({ handler }) => handler === "echo");
  for (const { bytes, event } of echoes) {
    expect(JSON.stringify(event(100_000)).length).toBe(bytes);
  }
  expect(echoes.map(({ bytes }) => bytes)).toEqual([100, 10_240, 1_048_576]);
});

test.runIf(canReadProcesses())(
  "sees the processes it has started, their memory and their CPU time",
  async () => {
    const file = new URL("../../bench/peers/subjects/fork-child.ts", import.meta.url);
    const child = fork(file, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    try {
      child.send({ number: 1, handler: "echo", event: {} });
      await once(child, "message");
      expect(processTree()).toContain(child.pid);
      expect(memoryOf([child.pid ?? 0]).rssMb).toBeGreaterThan(10);
      expect(cpuSeconds([child.pid ?? 0]) - cpuSeconds([])).toBeGreaterThan(0);
    } finally {
      child.kill("SIGKILL");
    }
  },
);

function peersOf({ measured, leftOut }: Cell): string[] {
  return [...measured.map(({ peer }) => peer), ...leftOut.map(({ peer }) => peer)];
}
