import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

const START_LIMIT_MS = 60_000;

/** Of what a server says, as many lines as an error about it can hold. */
const MOST_LINES = 50;

/** A server that a peer is: started, waited for, and ended with this process at the latest. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #kill = (): void => void this.#child.kill("SIGKILL");

  constructor(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
    process.on("exit", this.#kill);
  }

  get pid(): number {
    return this.#child.pid ?? NaN;
  }

  /** Resolves with the first line for which `find` gives something. `stream` 2 is standard error, 3 a pipe of ours. */
  async whenSays<Found>(stream: 2 | 3, find: (line: string) => Found | undefined): Promise<Found> {
    const said: string[] = [];
    const timer = setTimeout(this.#kill, START_LIMIT_MS);
    return new Promise<Found>((resolve, reject) => {
      // All are read to the end: a pipe that nobody reads fills, and then stops the server.
      for (const number of [1, 2, 3]) {
        createInterface(this.#child.stdio[number] as Readable).on("line", (line) => {
          const found = number === stream ? find(line) : undefined;
          if (found !== undefined) resolve(found);
          else if (said.length < MOST_LINES) said.push(line);
        });
      }
      this.#child.once("error", reject);
      this.#child.once("exit", () => reject(new Error(`a server has not started: ${said.join("\n")}`)));
    }).finally(() => clearTimeout(timer));
  }

  async close(): Promise<void> {
    process.off("exit", this.#kill);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const timer = setTimeout(this.#kill, 5_000);
    await ended;
    clearTimeout(timer);
  }
}
