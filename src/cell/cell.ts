import { GuestAssets } from "./assets.ts";
import type { CellBoard } from "./board.ts";
import { Compiler } from "./compile.ts";
import { failureText, readThrown } from "./failures.ts";
import { GuestEnvironment } from "./guest-environment.ts";
import { GenericEnvironment } from "./generic-environment.ts";
import type { EnvironmentHome } from "./environment-home.ts";
import { Outbox } from "./outbox.ts";
import { rehearse } from "./rehearsal.ts";
import { ToCell, ToHost } from "./protocol.ts";
import type {
  CellMessage,
  CellPort,
  CompileMessage,
  CreateMessage,
  HostMessage,
  InvokeMessage,
} from "./protocol.ts";
import { Stock } from "./stock.ts";
import { KnownVersion } from "./known-version.ts";

/** Log lines of a run that may be long which are sent at once; more of them as others. */
const LAST_LINES = 5;

/** Results wait at most about this long for others of their batch. */
const FLUSH_AFTER_MS = 0.2;

/** Results wait for the run of another environment only if its last one took at most this long. */
const QUICK_MS = 0.2;

/**
 * The program that runs isolates: one event loop on one thread. It takes batches of messages from its host, runs guests
 * synchronously, and sends what they said in batches. It decides nothing about functions: that is the host's.
 */
export class Cell {
  readonly #port: CellPort;
  readonly #board: CellBoard;
  readonly #outbox: Outbox;
  readonly #assets = new GuestAssets();
  readonly #stock: Stock;
  readonly #compiler = new Compiler();
  readonly #versions = new Map<number, KnownVersion>();
  readonly #environments = new Map<number, GuestEnvironment>();
  readonly #home: EnvironmentHome;
  /** Those whose last run was so short that what is done may wait for the next one. */
  readonly #quick = new Set<number>();
  /** Those that the present batch has invocations for, and that have not been told to start them. */
  #accepted: GuestEnvironment[] = [];
  /** What goes on by timers or turns of the loop. */
  #waiting = 0;
  #entered = 0;
  #lastMs = 0;
  /** Whether others should have their turn. */
  #isLong = false;
  #flushAtMs = 0;
  /** Log lines of the present run. */
  #lines = 0;

  constructor(port: CellPort, board: CellBoard) {
    this.#port = port;
    this.#board = board;
    this.#outbox = new Outbox(port);
    this.#stock = new Stock(this.#assets);
    this.#home = {
      assets: this.#assets,
      send: (message) => this.#say(message),
      ended: (environment) => this.#ended(environment),
      enter: (environment) => this.#enter(environment),
      leave: () => this.#board.leave(),
      started: (number) => this.#board.started(number),
      finished: (number) => this.#board.finished(number),
      breathe: () => this.#breathe(),
      goesOn: (environment) => this.#goesOn(environment),
      waits: (change) => {
        this.#waiting += change;
      },
    };
  }

  /** Reads every file it will ever need. */
  loadAll(): void {
    this.#assets.readAll();
  }

  start(): void {
    rehearse(this.#assets);
    this.#port.listen(
      (batch) => this.#receive(batch),
      () => this.#waiting === 0 && !this.#stock.isRefilling && !this.#outbox.isScheduled,
    );
    this.#outbox.add([ToHost.Ready]);
    this.#outbox.flush();
  }

  #receive(batch: readonly HostMessage[]): void {
    this.#outbox.hold(true);
    const startMs = performance.now();
    this.#stock.busy(startMs);
    this.#flushAtMs = startMs + FLUSH_AFTER_MS;
    this.#lastMs = startMs;
    this.#entered = 0;
    for (const message of batch) this.#take(message);
    this.#startAccepted();
    this.#outbox.hold(false);
    this.#outbox.flush();
    this.#board.turnEnded();
  }

  /** Those that come one after the other are collected first: an environment runs several at once more cheaply. */
  #take(message: HostMessage): void {
    if (message[0] === ToCell.Invoke) return this.#accept(message);
    if (message[0] !== ToCell.Sent) this.#startAccepted();
    this.#handle(message);
    this.#breathe();
  }

  #startAccepted(): void {
    if (this.#accepted.length === 0) return;
    for (const environment of this.#accepted) {
      environment.starts.work();
      this.#breathe();
    }
    this.#accepted = [];
  }

  /** Between two runs: sends what is done when the turn has become long. */
  #breathe(): boolean {
    const wasLong = this.#isLong;
    this.#isLong = false;
    const nowMs = performance.now();
    this.#clock(nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    if (nowMs < this.#flushAtMs) return !wasLong;
    this.#outbox.flush();
    this.#flushAtMs = nowMs + FLUSH_AFTER_MS;
    return false;
  }

  #goesOn(environment: number): boolean {
    if (!this.#breathe()) {
      // Whoever goes on after this run is to know it, too.
      this.#isLong = true;
      return false;
    }
    if (!this.#quick.has(environment)) return false;
    this.#entered = environment;
    this.#lines = 0;
    return true;
  }

  /** Who ran last took at most so long. */
  #clock(tookMs: number): void {
    const environment = this.#entered;
    if (environment === 0) return;
    this.#entered = 0;
    if (tookMs > QUICK_MS) this.#quick.delete(environment);
    else if (!this.#quick.has(environment)) this.#quick.add(environment);
  }

  #enter(environment: number): void {
    // What is done must not wait for a run that may be long.
    if (!this.#quick.has(environment)) this.#outbox.flush();
    this.#entered = environment;
    this.#lines = 0;
    this.#board.enter(environment);
  }

  #say(message: CellMessage): void {
    this.#outbox.add(message);
    if (message[0] !== ToHost.Log || this.#quick.has(message[1])) return;
    // Should the run never end, these are its last words.
    if (++this.#lines <= LAST_LINES || performance.now() >= this.#flushAtMs) this.#outbox.flush();
  }

  #ended(environment: number): void {
    this.#environments.delete(environment);
    this.#quick.delete(environment);
    if (this.#entered === environment) this.#entered = 0;
  }

  #handle(message: Exclude<HostMessage, InvokeMessage>): void {
    switch (message[0]) {
      case ToCell.Create:
        // An init takes milliseconds: what is done must not wait for it.
        this.#outbox.flush();
        return this.#create(message);
      case ToCell.Dispose:
        return this.#environments.get(message[1])?.dispose();
      case ToCell.Recall:
        return this.#environments.get(message[1])?.recall();
      case ToCell.Inspect:
        return this.#environments.get(message[1])?.inspect(message[2], message[3]);
      case ToCell.Shutdown:
        return this.#environments.get(message[1])?.shutDown(message[2]);
      case ToCell.Reply:
        return this.#environments.get(message[1])?.reply(message[2], message[3], message[4]);
      case ToCell.Expire:
        return this.#environments.get(message[1])?.expire();
      case ToCell.Define:
        this.#versions.set(message[1], new KnownVersion(message[2]));
        return;
      case ToCell.Forget:
        this.#versions.delete(message[1]);
        return;
      case ToCell.Prepare:
        return this.#stock.want(message[1], message[2]);
      case ToCell.Compile:
        return this.#compile(message);
      case ToCell.Ping:
        return this.#outbox.add([ToHost.Pong, message[1]]);
      case ToCell.Sent:
        return this.#board.sent(message[1]);
    }
  }

  #accept(message: InvokeMessage): void {
    this.#board.arrived(message[2]);
    // One that is gone has said so already, and the host knows this invocation never started.
    const environment = this.#environments.get(message[1]);
    if (!environment) return;
    environment.starts.accept(message);
    if (this.#accepted.at(-1) !== environment) this.#accepted.push(environment);
  }

  #create(message: CreateMessage): void {
    const [, id, versionId, timeoutMs, logStreamName] = message;
    const version = this.#versions.get(versionId);
    const startedMs = performance.now();
    if (!version) {
      this.#failCreate(id, "unknown version", 0);
      return;
    }
    try {
      const { memoryMb, inspect } = version.definition;
      const isInspected = inspect !== "off";
      const generic = isInspected
        ? new GenericEnvironment(this.#assets, memoryMb, true)
        : this.#stock.take(memoryMb);
      const environment = new GuestEnvironment(id, generic, this.#home, timeoutMs, version);
      this.#environments.set(id, environment);
      environment.init(logStreamName);
    } catch (error) {
      const { name, message: text } = readThrown(error);
      const initMs = performance.now() - startedMs;
      this.#failCreate(id, `${name}: ${text}`, initMs);
    }
  }

  /** An environment could not be made at all, by no fault of the function's. */
  #failCreate(id: number, why: string, initMs: number): void {
    this.#outbox.add([ToHost.InitFailed, id, "protocol", failureText("Sandbox.Fault", why), initMs, 0, ""]);
  }

  #compile(message: CompileMessage): void {
    const [, job, source, format, filename] = message;
    const compiled = this.#compiler.compile(source, format, filename);
    this.#outbox.add([ToHost.Compiled, job, compiled.format, compiled.error, compiled.cachedData]);
  }
}
