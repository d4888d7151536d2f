import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Attack } from "./attack.ts";
import { faultsOf, isOfTime } from "./faults.ts";
import type { Fault } from "./faults.ts";
import type { AttackReport, Placement, Verdict } from "./report.ts";

const PROGRAM = fileURLToPath(new URL("./host.ts", import.meta.url));
const READY_WITHIN_MS = 20_000;
/** No attack takes as long as this unless its host is blocked. */
const REPORT_WITHIN_MS = 25_000;
const LEAVE_WITHIN_MS = 15_000;
/** Further tries for faults that a busy machine alone can bring about. */
const REPEATS = 2;

/** A child process that runs isolet and one attack after the other. */
class Host {
  readonly #child: ChildProcess;
  #errors = "";
  #gone: string | undefined;
  #onMessage: ((message: unknown) => void) | undefined;
  #onGone: ((how: string) => void) | undefined;
  readonly exited: Promise<string>;

  constructor(placement: Placement) {
    this.#child = fork(PROGRAM, [placement], {
      execArgv: ["--expose-gc"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr?.on("data", (data: Buffer) => {
      this.#errors = (this.#errors + data.toString()).slice(-2_000);
    });
    this.#child.on("message", (message) => this.#onMessage?.(message));
    this.exited = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => {
        this.#gone = `it ended with ${signal ?? `exit code ${String(code)}`} ${this.#errors}`;
        this.#onGone?.(this.#gone);
        resolve(this.#gone);
      });
    });
  }

  async ready(): Promise<void> {
    const first = await this.#next(READY_WITHIN_MS);
    if ("gone" in first) throw new Error(`The host under attack did not start: ${first.gone}`);
  }

  async attack(attack: Attack): Promise<Verdict> {
    if (this.#gone === undefined) this.#child.send(attack);
    const next = await this.#next(REPORT_WITHIN_MS);
    return "gone" in next ? { hostDied: next.gone } : { report: next.message as AttackReport };
  }

  get isAlive(): boolean {
    return this.#gone === undefined;
  }

  /** Tells it to leave; gives what was wrong with how it did, if anything. */
  async leave(): Promise<string | undefined> {
    if (!this.isAlive) return undefined;
    this.#child.send("leave");
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve("it did not leave when it was told to"), LEAVE_WITHIN_MS);
    });
    const how = await Promise.race([this.exited, hung]);
    clearTimeout(timer);
    this.kill();
    return how.startsWith("it ended with exit code 0") ? undefined : how;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** The next message, or how it came to be that there is none. */
  #next(limitMs: number): Promise<{ readonly message: unknown } | { readonly gone: string }> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.kill();
        resolve({ gone: `it said nothing for ${limitMs} ms and was killed ${this.#errors}` });
      }, limitMs);
      this.#onMessage = (message) => {
        clearTimeout(timer);
        resolve({ message });
      };
      this.#onGone = (gone) => {
        clearTimeout(timer);
        resolve({ gone });
      };
      if (this.#gone !== undefined) this.#onGone(this.#gone);
    });
  }
}

/** Hosts of one placement, one at a time: kept while attacks are contained, replaced when one is not. */
export class Hosts {
  readonly #placement: Placement;
  #host: Host | undefined;

  constructor(placement: Placement) {
    this.#placement = placement;
  }

  /**
   * Attacks a host, and gives what faults that brought.
   *
   * The machine may be shared: the host's process may not have been given a CPU for a while. So what is late or
   * blocked counts only when it is in each of three tries, the second and third in a host of their own.
   */
  async faults(attack: Attack): Promise<Fault[]> {
    let faults = await this.once(attack);
    for (let repeat = 0; repeat < REPEATS && faults.length > 0 && faults.every(isOfTime); repeat++) {
      this.kill();
      faults = await this.once(attack);
    }
    if (faults.length > 0) this.kill();
    return faults;
  }

  /** As {@link faults}, in one try. */
  async once(attack: Attack): Promise<Fault[]> {
    this.#host ??= await this.#start();
    const verdict = await this.#host.attack(attack);
    if ("hostDied" in verdict) this.#host = undefined;
    return faultsOf(attack, verdict, this.#placement);
  }

  /** Kills the host, which may have threads that won't end. */
  kill(): void {
    this.#host?.kill();
    this.#host = undefined;
  }

  /** Ends the host; gives what was wrong with how it left, if anything. */
  async end(): Promise<string | undefined> {
    const host = this.#host;
    this.#host = undefined;
    return host?.leave();
  }

  async #start(): Promise<Host> {
    const host = new Host(this.#placement);
    await host.ready();
    return host;
  }
}
