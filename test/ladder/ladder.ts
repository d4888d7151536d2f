import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/index.ts";
import type { FunctionPermissions, LogRecord, MeterRecord } from "../../src/index.ts";
import { missingService, type Service } from "../services.ts";
import { makeArtifact } from "./artifact.ts";
import { installLadder, LADDER } from "./install.ts";
import { NOT_YET } from "./not-yet.ts";
import { startPlainNode, type Baseline, type PlainNode } from "./plain-node.ts";

/** One or more packages in a handler as people write them. */
export interface Rung {
  /** Also the handler's file in `handlers/`, with its ending unless that is `.ts`. */
  readonly name: string;
  /** The packages it stands for. */
  readonly packages: readonly string[];
  /** The event, or the path of one in the corpus of events. */
  readonly event?: unknown;
  readonly corpus?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Beside those of its side. */
  readonly permissions?: FunctionPermissions;
  /** A server it talks to. Where that isn't there the test is skipped. */
  readonly service?: Service;
  /** Makes what may differ between two runs the same. */
  readonly normalise?: (payload: unknown) => unknown;
  /** Compares the log, too, by what this makes of its lines. */
  readonly logs?: (lines: readonly string[]) => unknown;
  /** It can't work in isolet: why, and what it fails with. The baseline isn't run. */
  readonly refused?: { readonly why: string; readonly error: RegExp };
}

/** What the handlers of one side talk to. Each side has servers of its own, that it finds empty. */
export interface Side {
  readonly environment: Readonly<Record<string, string>>;
  readonly permissions?: FunctionPermissions;
  close(): Promise<void>;
}

interface Line {
  readonly name: string;
  readonly result: string;
  readonly sizeKb: string;
  readonly initMs: string;
}

const CORPUS = fileURLToPath(new URL("../../../shared/corpora/events/", import.meta.url));
const TIMEOUT_MS = 30_000;

/** The rungs to climb with their handlers deployed as artifacts, and no others; in files of tests that want that. */
let artifacts: ReadonlySet<string> | undefined;

/** From now on {@link climb} climbs these rungs alone, with their handlers deployed as artifacts with packages beside them. */
export function climbAsArtifacts(names: readonly string[]): void {
  artifacts = new Set(names);
}

/** Makes a test of each rung: the same handler in plain Node and in isolet, which must give the same. */
export function climb(group: string, every: readonly Rung[], openSide?: () => Promise<Side>): void {
  const chosen = artifacts;
  const rungs = chosen ? every.filter(({ name }) => chosen.has(name)) : every;
  if (rungs.length === 0) return;
  describe(group, () => {
    const only = process.env["RUNG"];
    const table: Line[] = [];
    let unreachable: string | undefined;
    let ladder: Climbing | undefined;

    beforeAll(async () => {
      unreachable = await installLadder();
      if (unreachable !== undefined) console.warn(`skipped: the ladder; ${unreachable}`);
      else
        ladder = await startClimbing(
          rungs.filter(({ name }) => !only || only === name),
          openSide,
        );
    }, 300_000);

    afterAll(async () => {
      await ladder?.close();
      if (table.length > 0) console.log(draw(group, table));
    });

    for (const rung of rungs) {
      if (only && rung.name !== only) continue;
      it(
        `${rung.name} (${rung.packages.join(", ")})`,
        async (context) => {
          const missing = unreachable ?? (await missingOf(rung));
          if (missing !== undefined) context.skip(missing);
          if (ladder) table.push(await ladder.climb(rung));
        },
        TIMEOUT_MS * 2,
      );
    }
  });
}

interface Climbing {
  climb(rung: Rung): Promise<Line>;
  close(): Promise<void>;
}

async function startClimbing(rungs: readonly Rung[], openSide?: () => Promise<Side>): Promise<Climbing> {
  const sides = openSide ? await Promise.all([openSide(), openSide()]) : undefined;
  const node = startPlainNode();
  const baselines = new Map<Rung, Promise<Baseline>>();
  for (const rung of rungs) {
    if (!rung.refused && !(await missingOf(rung).catch(String)))
      baselines.set(rung, runInNode(node, rung, sides?.[0]));
  }
  const engine = new Engine({ cells: { count: 1, prepared: 0, spares: 0 } });
  const logs: LogRecord[] = [];
  const meters: MeterRecord[] = [];
  engine.on("log", (record) => logs.push(record));
  engine.on("meter", (record) => meters.push(record));

  async function climbOne(rung: Rung): Promise<Line> {
    const result = await runInIsolet(engine, rung, sides?.[1]);
    const lines = logs
      .filter(({ functionName, origin }) => functionName === functionNameOf(rung) && origin === "function")
      .map(({ message }) => message);
    check(rung, result, lines, await baselines.get(rung));
    return {
      name: rung.name,
      result: rung.refused ? "refused clearly" : NOT_YET[functionNameOf(rung)] ? "not yet" : "as Node",
      sizeKb: result.sizeBytes === undefined ? "" : (result.sizeBytes / 1024).toFixed(0),
      initMs:
        meters.find(({ functionName }) => functionName === functionNameOf(rung))?.initMs.toFixed(0) ?? "",
    };
  }

  return {
    climb: climbOne,
    async close() {
      node.close();
      await engine.close();
      for (const side of sides ?? []) await side.close();
    },
  };
}

/** What isolet gave: a payload or an error's text, from deploying or invoking. */
interface Outcome {
  readonly payload?: unknown;
  readonly error?: string;
  readonly sizeBytes?: number;
}

async function runInIsolet(engine: Engine, rung: Rung, side: Side | undefined): Promise<Outcome> {
  let sizeBytes: number | undefined;
  try {
    await using artifact = artifacts && (await makeArtifact(fileOf(rung)));
    const deployed = await engine.deploy(functionNameOf(rung), {
      timeoutMs: TIMEOUT_MS,
      memoryMb: 256,
      permissions: { ...side?.permissions, ...rung.permissions },
      code: artifact ? { directory: artifact.directory } : { file: fileOf(rung) },
      environment: { ...side?.environment, ...rung.environment },
    });
    sizeBytes = deployed.codeSizeBytes;
    const result = await engine.invoke(functionNameOf(rung), await eventOf(rung));
    if (result.status === "succeeded") return { payload: result.payload, sizeBytes };
    const { errorType, errorMessage, trace } = result.error;
    return { error: `${errorType}: ${errorMessage}\n${(trace ?? []).join("\n")}`, sizeBytes };
  } catch (error) {
    return { error: String(error), ...(sizeBytes !== undefined && { sizeBytes }) };
  }
}

function check(rung: Rung, outcome: Outcome, lines: readonly string[], baseline: Baseline | undefined): void {
  const normalise = rung.normalise ?? ((payload) => payload);
  const expectedFailure = rung.refused ?? NOT_YET[functionNameOf(rung)];
  if (expectedFailure) {
    if (outcome.error === undefined) {
      throw new Error(
        `${rung.name} works now, giving ${JSON.stringify(outcome.payload)}: take it out of not-yet.ts.`,
      );
    }
    expect(outcome.error).toMatch(expectedFailure.error);
    if (rung.refused) return;
  }
  expect(baseline?.error, "in plain Node").toBeUndefined();
  const expected = normalise(JSON.parse(baseline?.payload ?? "null"));
  expect(expected, "in plain Node").toBeTruthy();
  if (expectedFailure) return;
  if (outcome.error !== undefined) throw new Error(`${rung.name} fails in isolet: ${outcome.error}`);
  expect(normalise(outcome.payload)).toEqual(expected);
  if (rung.logs) expect(rung.logs(lines)).toEqual(rung.logs(baseline?.lines ?? []));
}

async function runInNode(node: PlainNode, rung: Rung, side: Side | undefined): Promise<Baseline> {
  return node.run({
    name: functionNameOf(rung),
    file: fileOf(rung),
    event: await eventOf(rung),
    environment: { ...side?.environment, ...rung.environment },
  });
}

function fileOf({ name }: Rung): string {
  return join(LADDER, "handlers", /\.[cm]?[jt]s$/.test(name) ? name : `${name}.ts`);
}

/** A function's name has no dots. */
function functionNameOf({ name }: Rung): string {
  return name.split(".")[0] ?? name;
}

async function eventOf({ event, corpus }: Rung): Promise<unknown> {
  return corpus === undefined
    ? (event ?? {})
    : (JSON.parse(await readFile(join(CORPUS, corpus), "utf8")) as unknown);
}

/** Why the rung can't be climbed. */
async function missingOf(rung: Rung): Promise<string | undefined> {
  return missingEvent(rung) ?? (rung.service && (await missingService(rung.service)));
}

/** Why the rung can't be climbed where the corpora are absent. */
function missingEvent({ corpus }: Rung): string | undefined {
  return corpus === undefined || existsSync(join(CORPUS, corpus)) ? undefined : `the corpus has no ${corpus}`;
}

function draw(group: string, table: readonly Line[]): string {
  const rows = table.map(({ name, result, sizeKb, initMs }) =>
    [name.padEnd(32), result.padEnd(16), sizeKb.padStart(8), initMs.padStart(8)].join(" "),
  );
  const head = [group.padEnd(32), "result".padEnd(16), "KB".padStart(8), "init ms".padStart(8)].join(" ");
  return [head, ...rows].join("\n");
}
