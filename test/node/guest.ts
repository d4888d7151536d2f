import { Engine } from "../../src/index.ts";
import { failed, type Outcome, PASSED, SKIPPED } from "./outcome.ts";

const EXIT_0 = "Runtime exited without providing a reason";

/** Runs each test in an environment of its own: it ends with the test, as a process would. */
export class Guests implements AsyncDisposable {
  readonly #engine = new Engine({ cells: { count: 2, prepared: 1, spares: 1 }, isolation: "process" });
  /** What the tests print, by request. */
  readonly #printed = new Map<string, string>();

  constructor() {
    this.#engine.on("log", ({ requestId = "", origin, message }) => {
      if (origin === "platform") return;
      const printed = this.#printed.get(requestId) ?? "";
      if (printed.length < 100_000) this.#printed.set(requestId, `${printed}${message}\n`);
    });
  }

  async deploy(tree: string, timeoutMs: number): Promise<void> {
    await this.#engine.deploy("tests", {
      code: { directory: tree },
      timeoutMs,
      memoryMb: 1024,
      limits: { logLines: 100_000 },
      environment: { NODE_TEST_DIR: "/tmp", NODE_SKIP_FLAG_CHECK: "1" },
      permissions: { allowAll: true },
    });
  }

  async run(file: string): Promise<Outcome> {
    const result = await this.#engine.invoke("tests", { file });
    const printed = this.#printed.get(result.requestId) ?? "";
    this.#printed.delete(result.requestId);
    if (result.status !== "failed") return failed("It answered.");
    const { errorType, errorMessage, trace = [] } = result.error;
    if (errorType === "Runtime.ExitError" && errorMessage.endsWith(EXIT_0)) {
      const skipped = SKIPPED.exec(printed);
      return skipped ? failed(`Skipped: ${skipped[1]}`) : PASSED;
    }
    return failed([`${errorType}: ${errorMessage}`, ...trace.slice(0, 12), printed.slice(-3_000)].join("\n"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#engine.close();
  }
}
