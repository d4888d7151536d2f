import { onTestFinished } from "vitest";
import { Engine } from "../../src/index.ts";
import type {
  EngineOptions,
  FailedResult,
  FunctionSettings,
  InvokeOptions,
  LogRecord,
  MeterRecord,
  RequestResult,
  SucceededResult,
} from "../../src/index.ts";

/** Where functions run unless a test says otherwise; the suite runs once for each (see vitest.config.ts). */
export const PLACEMENT = process.env["ISOLET_TEST_PLACEMENT"] === "process" ? "process" : "in-process";

/** An engine with one cell that is closed when the test has finished, and what it said meanwhile. */
export interface Bench {
  readonly engine: Engine;
  readonly meters: MeterRecord[];
  readonly logs: LogRecord[];
  /** Deploys `source` as `fn`. */
  deploy(source: string, settings?: Omit<FunctionSettings, "code">): Promise<void>;
  invoke(payload?: unknown, options?: InvokeOptions): Promise<RequestResult>;
  /** Invokes and insists on success. */
  succeed(payload?: unknown, options?: InvokeOptions): Promise<SucceededResult<unknown>>;
  /** Invokes and insists on failure. */
  fail(payload?: unknown, options?: InvokeOptions): Promise<FailedResult>;
  lines(): string[];
}

export function makeBench(options: EngineOptions = {}): Bench {
  const engine = new Engine({
    isolation: PLACEMENT,
    cells: { count: 1, prepared: 0, spares: 0 },
    ...options,
  });
  const meters: MeterRecord[] = [];
  const logs: LogRecord[] = [];
  engine.on("meter", (record) => meters.push(record));
  engine.on("log", (record) => logs.push(record));
  onTestFinished(() => engine.close());
  const invoke: Bench["invoke"] = async (payload, given) => {
    const result = await engine.invoke("fn", payload, given);
    if (result.status !== "succeeded" && result.status !== "failed") throw new Error(`got ${result.status}`);
    return result;
  };
  return {
    engine,
    meters,
    logs,
    invoke,
    async deploy(source, settings) {
      await engine.deploy("fn", { ...settings, code: { source } });
    },
    async succeed(payload, given) {
      const result = await invoke(payload, given);
      if (result.status === "failed") throw new Error(`failed: ${JSON.stringify(result.error)}`);
      return result;
    },
    async fail(payload, given) {
      const result = await invoke(payload, given);
      if (result.status === "succeeded") throw new Error(`succeeded: ${JSON.stringify(result.payload)}`);
      return result;
    },
    lines: () => logs.map((record) => record.line),
  };
}

/** Lets the event loop turn until `done`, for what no event or promise tells. */
export async function until(done: () => boolean): Promise<void> {
  const giveUpMs = performance.now() + 15_000;
  while (!done()) {
    if (performance.now() > giveUpMs) throw new Error(`It never came: ${done.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
