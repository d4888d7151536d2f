import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outcome } from "./outcome.ts";
import type { Wpt } from "./suite.ts";

/** Outcomes in plain Node. They are kept between runs: they change with the tests, with Node and with what runs them. */
const KEPT = join(tmpdir(), `isolet-wpt-${process.version}`);
const CHILD = join(import.meta.dirname, "baseline-child.ts");
const RUNNER = readFileSync(CHILD);

/** Plain Node, the one this runs in, in another process. */
export class Baseline implements Disposable {
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  readonly #timeoutMs: number;
  #child: ChildProcess | undefined;
  #last = 0;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    mkdirSync(KEPT, { recursive: true });
  }

  async run({ program }: Wpt): Promise<Outcome> {
    const file = join(KEPT, `${createHash("sha256").update(RUNNER).update(program).digest("hex")}.json`);
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Outcome;
    const outcome = await new Promise<Outcome>((resolve) => {
      const id = ++this.#last;
      this.#waiting.set(id, resolve);
      this.#process().send({ id, program, timeoutMs: this.#timeoutMs });
    });
    writeFileSync(file, JSON.stringify(outcome));
    return outcome;
  }

  [Symbol.dispose](): void {
    this.#child?.removeAllListeners("exit");
    this.#child?.kill();
  }

  #process(): ChildProcess {
    if (this.#child) return this.#child;
    const child = fork(CHILD, { stdio: ["ignore", "ignore", "ignore", "ipc"] });
    child.on("message", ({ id, outcome }: { id: number; outcome: Outcome }) => {
      this.#waiting.get(id)?.(outcome);
      this.#waiting.delete(id);
    });
    child.on("exit", (code, signal) => {
      const fault = `The process ended with ${code ?? signal ?? "nothing"}.`;
      for (const resolve of this.#waiting.values()) resolve({ subtests: [], fault });
      this.#waiting.clear();
      this.#child = undefined;
    });
    return (this.#child = child);
  }
}
