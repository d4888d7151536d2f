/**
 * `node bench/peers/memory-process.ts <kind> <count> …`: makes so many warm functions, count by count in rising order, and
 * prints as JSON how many MB this process and those it started have grown by for each function.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Engine } from "isolet";
import { payloadOf } from "../baselines/isolet.ts";
import { HANDLERS_MODULE } from "./handlers.ts";
import type { MemoryKind, PerFunction } from "./memory.ts";
import { memoryOf, processTree } from "./process-tree.ts";
import type { Memory } from "./process-tree.ts";
import type { Placement } from "./subjects/isolet.ts";
import { openRawIsolate } from "./subjects/raw-isolate.ts";
import { Workerd } from "./subjects/workerd.ts";

/** Those that are made at the same time: more would make the heaps that compilers leave behind part of the figure. */
const AT_ONCE = 4;

/** For allocators and collectors to come to rest. */
const SETTLE_MS = 1_000;

/** What the first ones load and compile is there for all. */
const FIRST = 16;

interface Maker {
  /** Makes a function and calls it once. */
  make(index: number): Promise<void>;
  /** How many of them are warm. */
  warm(): number;
  close(): Promise<void>;
}

const MAKERS: Readonly<Record<MemoryKind, () => Promise<Maker>>> = {
  "in-process": () => isoletMaker("in-process"),
  process: () => isoletMaker("process"),
  raw: rawMaker,
  workerd: workerdMaker,
};

async function isoletMaker(isolation: Placement): Promise<Maker> {
  const engine = new Engine({ isolation, memoryBudgetMb: 1_048_576 });
  return {
    make: async (index) => {
      const name = `function-${index}`;
      await engine.deploy(name, { code: { source: HANDLERS_MODULE }, handler: "index.echo" });
      payloadOf(await engine.invoke(name, { id: index }));
    },
    warm: () => engine.stats().pools.reduce((sum, { idle }) => sum + idle, 0),
    close: () => engine.close(),
  };
}

async function rawMaker(): Promise<Maker> {
  const isolates: Awaited<ReturnType<typeof openRawIsolate>>[] = [];
  return {
    make: async (index) => {
      const isolate = await openRawIsolate();
      await isolate.invoke("echo", { id: index });
      isolates.push(isolate);
    },
    warm: () => isolates.length,
    close: async () => isolates.forEach((isolate) => isolate.dispose()),
  };
}

async function workerdMaker(): Promise<Maker> {
  const workerd = await Workerd.open(true);
  let made = 0;
  return {
    make: async (index) => {
      await workerd.invoke(`function-${index}`, "echo", { id: index });
      made++;
    },
    warm: () => made,
    close: () => workerd.close(),
  };
}

async function resting(): Promise<Memory> {
  await sleep(SETTLE_MS);
  return memoryOf(processTree());
}

async function measure(maker: Maker, counts: readonly number[]): Promise<PerFunction[]> {
  let made = 0;
  const makeUpTo = async (count: number): Promise<void> => {
    const one = async (): Promise<void> => {
      while (made < count) await maker.make(made++);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
  };
  await makeUpTo(FIRST);
  const before = await resting();
  const found: PerFunction[] = [];
  for (const functions of counts) {
    await makeUpTo(FIRST + functions);
    const after = await resting();
    if (maker.warm() < FIRST + functions) throw new Error(`${maker.warm()} of ${functions} are warm`);
    found.push({
      functions,
      rssMb: (after.rssMb - before.rssMb) / functions,
      pssMb: (after.pssMb - before.pssMb) / functions,
    });
  }
  return found;
}

const [kind, ...counts] = process.argv.slice(2);
const maker = await MAKERS[kind as MemoryKind]();
try {
  process.stdout.write(JSON.stringify(await measure(maker, counts.map(Number))));
} finally {
  await maker.close();
}
