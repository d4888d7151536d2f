import type ivm from "isolated-vm";
import type { CallReplyKind, GuestEntries } from "../guest/contract.ts";
import type { EnvironmentHome } from "./environment-home.ts";
import type { GenericEnvironment } from "./generic-environment.ts";
import type { GuestEnd } from "./guest-end.ts";
import type { GuestInbox } from "./guest-inbox.ts";
import type { GuestInit } from "./guest-init.ts";
import { makeGuestParts } from "./guest-parts.ts";
import type { GuestPending } from "./guest-pending.ts";
import { mayBeHeard, runTelling, tellRejection } from "./guest-rejection.ts";
import type { GuestInspector } from "./guest-inspector.ts";
import { GuestReports } from "./guest-reports.ts";
import type { GuestShutdown } from "./guest-shutdown.ts";
import type { GuestStarts } from "./guest-starts.ts";
import type { KnownVersion } from "./known-version.ts";
import type { LogGate } from "./log-gate.ts";
import type { IsolateMeter } from "./meter.ts";
import { EnvironmentCode } from "./modules/environment-code.ts";
import { ToHost } from "./protocol.ts";
import type { EndReason, VersionDefinition } from "./protocol.ts";
import type { RunBudget } from "./run-budget.ts";
import type { Runs } from "./runs.ts";
import { loadCode } from "./user-code.ts";

/**
 * One execution environment in its cell: runs init and invocations on the cell's own thread, each run under a
 * `timeout`, and answers every invocation once. When anything about it goes wrong it ends and says why.
 */
export class GuestEnvironment {
  readonly id: number;
  /** Where its invocations go, and where they are started. */
  readonly starts: GuestStarts;
  readonly #home: EnvironmentHome;
  readonly #generic: GenericEnvironment;
  readonly #limits: VersionDefinition;
  readonly #code: EnvironmentCode;
  readonly #pending: GuestPending;
  readonly #init: GuestInit;
  readonly #shutdown: GuestShutdown;
  readonly #inbox: GuestInbox;
  readonly #runs: Runs;
  readonly #budget: RunBudget;
  readonly #meter: IsolateMeter;
  readonly #logs: LogGate;
  readonly #end: GuestEnd;
  readonly #reports: GuestReports;
  readonly #inspector: GuestInspector | undefined;
  #isRetiring = false;
  #phase: "init" | "ready" | "shutdown" | "ended" = "init";

  constructor(
    id: number,
    generic: GenericEnvironment,
    home: EnvironmentHome,
    initTimeoutMs: number,
    version: KnownVersion,
  ) {
    this.id = id;
    this.#home = home;
    this.#generic = generic;
    this.#limits = version.definition;
    this.#code = new EnvironmentCode(generic, version);
    const parts = makeGuestParts(id, this.#code, home, initTimeoutMs, {
      timer: (timer) => this.#enter("timer", [timer]),
      reply: (call, kind, text) => this.#enter("reply", [call, kind, text]),
      isReady: () => this.#phase !== "init",
      isAlone: () => this.#phase !== "ready",
      isOpen: () => this.#phase === "ready" && !this.#isRetiring,
      limitMs: (extraMs) => this.#limitMs(extraMs),
      run: (act) => this.#run(act),
      stop: () => this.#stopRun(),
    });
    this.starts = parts.starts;
    this.#pending = parts.pending;
    this.#init = parts.init;
    this.#shutdown = parts.shutdown;
    this.#inbox = parts.inbox;
    this.#runs = parts.runs;
    this.#budget = parts.budget;
    this.#meter = parts.meter;
    this.#logs = parts.logs;
    this.#end = parts.end;
    this.#reports = new GuestReports(id, home, { ...parts, generic });
    this.#inspector = parts.inspector;
  }

  /** Loads the user's code. Ends in `Initialized` or `InitFailed`, now or when its top-level await is over. */
  init(logStreamName: string): void {
    const { factsText } = this.#limits;
    const limitMs = (): number => this.#limitMs();
    this.#run(() => {
      const { configure } = this.#generic.entries;
      configure.applySync(undefined, [factsText, logStreamName], { timeout: limitMs() });
      return loadCode(this.#code, limitMs, this.#inspector?.started());
    });
    // A `timeout` ends no waiting, and a debugger may make it wait.
    if (this.#phase === "init" && !this.#inspector) this.#init.onOverdue(() => this.expire());
  }

  /** A debugger says something, or has gone. */
  inspect(client: number, text: string): void {
    if (text === "") this.#inspector?.detach(client);
    else this.#inspector?.message(client, text);
  }

  /** Hands back what is in the mailbox. */
  recall(): void {
    this.starts.recall();
    if (this.#phase === "ready" && this.#runs.size === 0) this.#pending.freeze();
  }

  /** The host's reply to a call. */
  reply(call: number, kind: CallReplyKind, text: string): void {
    this.#pending.calls.reply(call, kind, text);
  }

  /** Lets it do, within so long, what it wants to do at its end; the host hears when that is over. */
  shutDown(limitMs: number): void {
    if (this.#phase !== "ready" || this.#runs.size > 0) return;
    this.#phase = "shutdown";
    this.#logs.begin();
    this.#pending.calls.begin();
    this.#pending.thaw();
    this.#shutdown.begin(limitMs, () => this.#leave());
    this.#enter("shutdown", []);
  }

  /** Something has run past its deadline, in the eyes of who calls: ends the environment and says so. */
  expire(): void {
    // What was seen may be done by now; what runs beside it must not pay for that.
    if (!this.#inspector && this.#deadlineMs() - 1 > performance.now()) return;
    if (this.#phase === "ready") this.#condemn("timeout", undefined);
    else if (this.#phase === "init") this.#afterInitRun("timeout", undefined);
  }

  /** Ends it without a word to the host, which asked for it. */
  dispose(): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#init.settled();
    this.#shutdown.over();
    this.#inbox.close();
    this.#pending.clearAll();
    this.#runs.clear();
    this.starts.clear();
    this.#noteWaiting();
    if (this.#inspector) void this.#inspector.end().then(() => this.#generic.dispose());
    else this.#generic.dispose();
    this.#home.ended(this.id);
  }

  #enter<Entry extends "timer" | "reply" | "idle" | "shutdown">(
    entry: Entry,
    args: Parameters<GuestEntries[Entry]>,
    isLast = false,
  ): void {
    this.#run(() => {
      const reference = this.#generic.entries[entry] as ivm.Reference<(...args: (number | string)[]) => void>;
      return this.#generic.enter(reference, args, this.#limitMs());
    }, isLast);
  }

  /** One run of the guest, and everything that may come of it: at once, but of one that is inspected. */
  #run(act: () => Promise<unknown> | undefined, isLast = false, isTold = false): void {
    if (this.#inspector) return this.#inspector.run(() => this.#runInspected(act, isLast));
    if (this.#phase === "ended") return;
    this.#home.enter(this.id);
    let failure: { readonly thrown: unknown } | undefined;
    try {
      void act();
    } catch (thrown) {
      failure = { thrown };
    } finally {
      this.#home.leave();
    }
    this.#afterRun(failure, isLast, isTold);
  }

  async #runInspected(act: () => Promise<unknown> | undefined, isLast: boolean): Promise<void> {
    const open = (): ReturnType<typeof act> => (this.#phase === "ended" ? undefined : act());
    const mayTell = (thrown: unknown): boolean => this.#isUntold(this.#reasonOf(thrown), thrown);
    const failure = await runTelling(this.#generic, open, mayTell, this.#limits);
    if (this.#phase !== "ended") this.#afterRun(failure, isLast, true);
  }

  #afterRun(failure: { readonly thrown: unknown } | undefined, isLast: boolean, isTold: boolean): void {
    const thrown = failure?.thrown;
    let reason = failure && this.#reasonOf(thrown);
    if (reason && (reason !== "unhandled-rejection" || isTold)) this.#meter.runCut();
    this.#runs.charge(
      this.#meter.runEnded(() => this.#budget.elapsedMs),
      this.#budget.startedMs,
    );
    reason = this.#inbox.fault ?? reason ?? this.#faultOf();
    if (this.#runs.areFinished && this.#reports.answer()) this.#isRetiring = true;
    const isImports = reason === "unhandled-rejection" && this.#code.isImporting;
    if (!isTold && (isImports || this.#isUntold(reason, thrown))) this.#tell(thrown, isLast);
    else if (this.#phase === "init") this.#afterInitRun(reason, thrown);
    else if (this.#phase === "shutdown") this.#afterShutdownRun(reason);
    else if (reason) this.#condemn(reason, thrown);
    else this.#goOn(isLast);
    this.#noteWaiting();
  }

  #isUntold(reason: EndReason | undefined, thrown: unknown): boolean {
    return reason === "unhandled-rejection" && mayBeHeard(thrown, this.#phase === "ready");
  }

  /** Whoever waits for a module may, and the guest's listeners, handle what nobody else does. */
  #tell(reason: unknown, isLast: boolean): void {
    const isReady = this.#phase === "ready";
    this.#run(() => tellRejection(this.#code, reason, isReady, () => this.#limitMs()), isLast, true);
  }

  /** Whether anything of it goes on by timers. */
  #noteWaiting(): void {
    const isBusy = this.#phase === "ready" && this.#runs.size > 0;
    this.#reports.waits(this.#phase === "init" || this.#phase === "shutdown" || isBusy);
  }

  #goOn(wasLast: boolean): void {
    if (this.#isRetiring && this.#runs.size === 0) this.#leave("memory-soft");
    else if (this.starts.hasNext) this.starts.work();
    else if (this.#runs.size === 0) this.#pending.freeze();
    else if (this.#pending.size > 0 || this.#inspector?.hasMore) return;
    // The guest was to finish what is unfinished, and did not.
    else if (wasLast) this.#condemn("protocol", undefined);
    // Nothing can happen any more, yet something is unfinished: the guest says how it ends.
    else this.#enter("idle", [], true);
  }

  #reasonOf(error: unknown): EndReason {
    if (this.#generic.isolate.isDisposed) return "memory";
    return this.#budget.endedBy(error, this.#deadlineMs()) ?? "unhandled-rejection";
  }

  /** Why the environment has to end although its run went well. */
  #faultOf(): EndReason | undefined {
    if (this.#inbox.uncaught !== undefined) return "uncaught-exception";
    return !this.#inspector && this.#runs.mostCpuMs() >= this.#limits.cpuMs ? "cpu" : undefined;
  }

  #afterInitRun(reason: EndReason | undefined, thrown: unknown): void {
    const initMs = this.#init.elapsedMs;
    const failure = this.#init.failure(reason, thrown, this.#pending.size, this.#limits.errorBytes, (why) =>
      this.#end.errorText(why, thrown, true),
    );
    if (failure) {
      const [why, error] = failure;
      const kill = this.#end.initKill(why, thrown, initMs);
      const cpuMs = this.#meter.takeCpuMs();
      this.#home.send([ToHost.InitFailed, this.id, why, error, initMs, cpuMs, kill]);
      this.dispose();
    } else if (this.#init.succeeded) {
      this.#phase = "ready";
      this.#init.settled();
      this.#code.loaded();
      this.#pending.freeze();
      const cpuMs = this.#meter.takeCpuMs();
      this.#home.send([ToHost.Initialized, this.id, initMs, cpuMs, this.#meter.sampleHeap(true)]);
    }
  }

  /** Over when it has exited or failed, or nothing can happen any more. */
  #afterShutdownRun(reason: EndReason | undefined): void {
    if (reason !== undefined || this.#pending.size === 0) this.#leave();
  }

  /** Ends it in good order; `memory-soft` is for a heap so full that a new one is better than one that fails soon. */
  #leave(reason: "disposed" | "memory-soft" = "disposed"): void {
    this.#home.send([ToHost.Ended, this.id, reason, ""]);
    this.dispose();
  }

  #condemn(reason: EndReason, thrown: unknown): void {
    this.#runs.charge(this.#meter.takeElsewhereMs(), this.#budget.startedMs);
    const kill = this.#end.endRuns(reason, thrown);
    if (this.#runs.areFinished && this.#reports.answer()) this.#isRetiring = true;
    this.#home.send([ToHost.Ended, this.id, reason, kill]);
    this.dispose();
  }

  /** From within a run: takes what is known of the isolate while it is there, and stops it. */
  #stopRun(): void {
    this.#meter.sampleHeap(true);
    this.#generic.stop();
  }

  #deadlineMs(): number {
    if (this.#phase === "init") return this.#init.deadlineMs;
    return this.#phase === "shutdown" ? this.#shutdown.deadlineMs : this.#runs.deadlineMs();
  }

  /** The `timeout` of a run that begins now. */
  #limitMs(extraMs = 0): number {
    if (this.#inspector) return this.#budget.beginUnlimited();
    const cpuLeftMs = this.#phase === "init" ? Infinity : this.#limits.cpuMs - this.#runs.mostCpuMs();
    return this.#budget.begin(this.#deadlineMs(), cpuLeftMs, extraMs);
  }
}
