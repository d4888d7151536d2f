import { GuestMessage, GuestQuestion } from "../guest/contract.ts";
import type { GuestAssets } from "./assets.ts";
import { answer } from "./answers.ts";
import { endText, isTimeout } from "./end-text.ts";
import type { GenericEnvironment } from "./generic-environment.ts";
import { GuestInit } from "./guest-init.ts";
import { GuestTimers } from "./guest-timers.ts";
import { LogGate } from "./log-gate.ts";
import { IsolateMeter } from "./meter.ts";
import { Outcome, ToHost } from "./protocol.ts";
import type { CellMessage, EndReason, InvokeMessage } from "./protocol.ts";
import { Runs } from "./runs.ts";
import { loadCommonJs, loadModule } from "./user-code.ts";
import type { KnownVersion } from "./user-code.ts";

/** What an environment needs of its cell. */
export interface EnvironmentHome {
  readonly assets: GuestAssets;
  send(message: CellMessage): void;
  /** The environment has ended; it must be forgotten. */
  ended(environment: number): void;
  enter(environment: number): void;
  leave(): void;
  /** Notes that an invocation starts; false when the host has taken it back. */
  started(number: number): boolean;
  /** Between two runs of one turn. False when the turn has become long and others should have theirs. */
  breathe(): boolean;
  /** The invocation is done; its answer follows. */
  finished(number: number): void;
}

/**
 * One execution environment in its cell: runs init and invocations on the cell's own thread, each run under a
 * `timeout`, and answers every invocation once. When anything about it goes wrong it ends and says why.
 */
export class GuestEnvironment {
  readonly id: number;
  readonly #home: EnvironmentHome;
  readonly #generic: GenericEnvironment;
  readonly #timers: GuestTimers;
  readonly #init: GuestInit;
  readonly #runs = new Runs();
  readonly #meter: IsolateMeter;
  readonly #logs: LogGate;
  readonly #mailbox: InvokeMessage[] = [];
  readonly #concurrency: number;
  #isWorking = false;
  #current = 0;
  #phase: "init" | "ready" | "ended" = "init";
  #exitCode: number | undefined;
  #uncaught: string | undefined;
  #violation = false;

  constructor(
    id: number,
    generic: GenericEnvironment,
    home: EnvironmentHome,
    initTimeoutMs: number,
    concurrency: number,
  ) {
    this.#concurrency = concurrency;
    this.id = id;
    this.#home = home;
    this.#generic = generic;
    this.#timers = new GuestTimers((timer) => this.#fireTimer(timer));
    this.#logs = new LogGate((number, level, text) => {
      home.send([ToHost.Log, id, number, level, text, Date.now()]);
    });
    this.#init = new GuestInit(initTimeoutMs);
    this.#meter = new IsolateMeter(generic);
    generic.own({ receive: this.#receive, answer: this.#answer });
  }

  /** Loads the user's code. Ends in `Initialized` or `InitFailed`, now or when its top-level await is over. */
  init(version: KnownVersion, logStreamName: string): void {
    const { definition } = version;
    const limitMs = (): number => this.#limitMs();
    this.#run(() => {
      this.#generic.entries.configure.applySync(undefined, [definition.factsText, logStreamName], {
        timeout: limitMs(),
      });
      if (definition.format === "esm") loadModule(this.#generic, version, limitMs);
      else loadCommonJs(this.#generic, version, limitMs);
    });
  }

  /** Takes an invocation up, or keeps it in the mailbox while as many run as may. */
  invoke(message: InvokeMessage): void {
    this.#mailbox.push(message);
    this.#work();
  }

  /** Hands back what is in the mailbox. */
  recall(): void {
    for (const message of this.#mailbox.splice(0)) this.#home.send([ToHost.Returned, this.id, message[2]]);
    if (this.#phase === "ready" && this.#runs.size === 0) this.#timers.freeze();
  }

  readonly #work = (): void => {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#phase === "ready" && this.#runs.size < this.#concurrency) {
      const next = this.#mailbox.shift();
      if (!next) break;
      this.#start(next);
      if (this.#mailbox.length === 0 || this.#home.breathe()) continue;
      setImmediate(this.#work);
      break;
    }
    this.#isWorking = false;
  };

  #start(message: InvokeMessage): void {
    const [, , number, requestId, timeoutMs, payload, extras] = message;
    // Its environment is about to be ended, and whoever else was given it runs it.
    if (!this.#home.started(number)) return;
    this.#runs.start(number, requestId, timeoutMs);
    this.#current = number;
    this.#logs.begin();
    this.#timers.thaw();
    const deadline = Date.now() + timeoutMs;
    this.#run(() => {
      this.#generic.entries.invoke.applySync(undefined, [number, requestId, deadline, payload, extras], {
        timeout: this.#limitMs(),
      });
      this.#runs.yielded(number);
    });
  }

  /** An invocation has run past its deadline, in the host's eyes: ends the environment and says so. */
  expire(): void {
    // What the host saw may be done by now; what runs beside it must not pay for that.
    if (this.#phase === "ready" && this.#deadlineMs() - 1 <= performance.now()) {
      this.#condemn("timeout", undefined);
    }
  }

  /** Ends it without a word to the host, which asked for it. */
  dispose(): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#timers.clearAll();
    this.#runs.clear();
    this.#mailbox.length = 0;
    this.#generic.dispose();
    this.#home.ended(this.id);
  }

  #fireTimer(timer: number): void {
    this.#run(() => {
      this.#generic.entries.timer.applySync(undefined, [timer], { timeout: this.#limitMs() });
    });
  }

  /** One synchronous run of the guest, and everything that may come of it. */
  #run(act: () => void): void {
    if (this.#phase === "ended") return;
    this.#home.enter(this.id);
    let reason: EndReason | undefined;
    let thrown: unknown;
    try {
      act();
    } catch (error) {
      thrown = error;
      reason = this.#reasonOf(error);
    } finally {
      this.#home.leave();
    }
    reason = this.#exitCode !== undefined ? "exit" : (reason ?? this.#faultSaid());
    if (this.#runs.areFinished) this.#report();
    if (this.#phase === "init") this.#afterInitRun(reason, thrown);
    else if (reason) this.#condemn(reason, thrown);
    else if (this.#mailbox.length > 0 && this.#runs.size < this.#concurrency) this.#work();
    else if (this.#runs.size === 0) this.#timers.freeze();
    else if (this.#timers.size === 0) this.#finishIdle();
  }

  #faultSaid(): EndReason | undefined {
    if (this.#uncaught !== undefined) return "uncaught-exception";
    return this.#violation ? "protocol" : undefined;
  }

  #reasonOf(error: unknown): EndReason {
    if (this.#generic.isolate.isDisposed) return "memory";
    if (performance.now() >= this.#deadlineMs() - 1 && isTimeout(error)) return "timeout";
    return "unhandled-rejection";
  }

  /** Nothing can happen any more, yet something is unfinished: the guest says how it ends. */
  #finishIdle(): void {
    this.#run(() => {
      this.#generic.entries.idle.applySync(undefined, [], { timeout: this.#limitMs() });
    });
  }

  #afterInitRun(reason: EndReason | undefined, thrown: unknown): void {
    const initMs = this.#init.elapsedMs;
    const failure = this.#init.failure(reason, thrown, this.#timers.size, (why) =>
      this.#endText(why, thrown),
    );
    if (failure) {
      const cpuMs = this.#meter.takeCpuMs() ?? initMs;
      this.#home.send([ToHost.InitFailed, this.id, failure[0], failure[1], initMs, cpuMs]);
      this.dispose();
    } else if (this.#init.succeeded) {
      this.#phase = "ready";
      this.#timers.freeze();
      const cpuMs = this.#meter.takeCpuMs() ?? 0;
      this.#home.send([ToHost.Initialized, this.id, initMs, cpuMs, this.#meter.sampleHeap(true)]);
    }
  }

  #condemn(reason: EndReason, thrown: unknown): void {
    this.#runs.endAll(reason === "timeout", this.#endText(reason, thrown));
    if (this.#runs.areFinished) this.#report();
    this.#home.send([ToHost.Ended, this.id, reason]);
    this.dispose();
  }

  #endText(reason: EndReason, thrown: unknown): string {
    return endText({
      reason,
      thrown,
      isInit: this.#phase === "init",
      memoryMb: this.#generic.memoryMb,
      exitCode: this.#exitCode,
      uncaught: this.#uncaught,
    });
  }

  readonly #receive = (kind: number, a: number, text: string): void => {
    switch (kind) {
      case GuestMessage.Succeeded:
        return this.#complete(a, Outcome.Succeeded, text);
      case GuestMessage.Failed:
        return this.#complete(a, Outcome.Failed, text);
      case GuestMessage.Log:
        return this.#logs.write(this.#phase === "init" ? 0 : this.#current, a, text);
      case GuestMessage.SetTimer:
        if (!this.#timers.set(a, Number(text))) this.#violation = true;
        return;
      case GuestMessage.ClearTimer:
        return this.#timers.clear(a);
      case GuestMessage.InitDone:
        this.#init.report("");
        return;
      case GuestMessage.InitFailed:
        this.#init.report(text);
        return;
      case GuestMessage.Exit:
        this.#exitCode ??= a;
        return;
      case GuestMessage.Uncaught:
        this.#uncaught ??= text;
        return;
      default:
        this.#violation = true;
    }
  };

  readonly #answer = (kind: number, text: string): string => {
    if (kind !== GuestQuestion.LoadChunk) return answer(kind, text);
    const chunk = this.#home.assets.chunk(text);
    if (!chunk) return "missing";
    const script = chunk.compile(this.#generic.isolate);
    // Runs inside the run that asked for it and so under that run's timeout.
    script.runSync(this.#generic.context);
    script.release();
    if (!chunk.hasCache) chunk.keepCache(this.#generic.isolate);
    return "";
  };

  #complete(number: number, outcome: 0 | 1, text: string): void {
    if (this.#runs.finish(number, outcome, text)) this.#home.finished(number);
    else this.#violation = true;
  }

  #report(): void {
    let cpuMs = this.#meter.takeCpuMs() ?? 0;
    for (const { number, running, outcome, text, endMs } of this.#runs.takeFinished()) {
      const durationMs = endMs - running.startedMs;
      const heapBytes = this.#meter.sampleHeap(false);
      const { waited } = running;
      this.#home.send([ToHost.Done, this.id, number, outcome, text, durationMs, cpuMs, heapBytes, waited]);
      cpuMs = 0;
    }
  }

  #deadlineMs(): number {
    return this.#phase === "init" ? this.#init.deadlineMs : this.#runs.deadlineMs();
  }

  #limitMs(): number {
    const rest = Math.ceil(this.#deadlineMs() - performance.now());
    return Math.max(1, Math.min(rest, 900_000));
  }
}
