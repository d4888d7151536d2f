import { Engine } from "../../src/index.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";
import type { Wpt } from "./suite.ts";

/** Runs the program that it is invoked with, in the global scope; what it reports goes to the log, one line each. */
const HANDLER = `
const { log } = console;
exports.handler = ({ program }) => new Promise((resolve) => {
  globalThis.__wptResult = (text) => log("@result " + text);
  globalThis.__wptDone = resolve;
  (0, eval)(program);
});
`;

/** An engine that runs each test in an environment of its own. */
export class Guests implements AsyncDisposable {
  readonly #engine = new Engine({ cells: { count: 1, prepared: 1, spares: 0 }, isolation: "process" });
  readonly #results = new Map<string, string[]>();
  readonly #timeoutMs: number;
  #last = 0;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#engine.on("log", ({ functionName, line }) => {
      const at = line.indexOf("@result ");
      if (at !== -1) this.#results.get(functionName)?.push(line.slice(at + 8).trimEnd());
    });
  }

  async run({ program }: Wpt): Promise<Outcome> {
    const name = `wpt-${++this.#last}`;
    const results: string[] = [];
    this.#results.set(name, results);
    await this.#engine.deploy(name, {
      code: { source: HANDLER },
      timeoutMs: this.#timeoutMs,
      memoryMb: 1024,
      limits: { logLines: 1_000_000, logBytes: 1_000_000_000 },
      permissions: { wasm: true, eval: true, sharedArrayBuffer: true },
    });
    try {
      const result = await this.#engine.invoke(name, { program });
      if (result.status === "succeeded")
        return outcomeOf(results, (result.payload as string | null) ?? undefined);
      return outcomeOf(results, undefined, `${result.error.errorType}: ${result.error.errorMessage}`);
    } finally {
      this.#engine.remove(name);
      this.#results.delete(name);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#engine.close();
  }
}
