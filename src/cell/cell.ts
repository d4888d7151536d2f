import { GuestAssets } from "./assets.ts";
import type { ProgressBoard } from "./board.ts";
import { Compiler } from "./compile.ts";
import { failureText, readThrown } from "./failures.ts";
import { GuestEnvironment } from "./guest-environment.ts";
import type { EnvironmentHome } from "./guest-environment.ts";
import { Outbox } from "./outbox.ts";
import { rehearse } from "./rehearsal.ts";
import { ToCell, ToHost } from "./protocol.ts";
import type { CellPort, CompileMessage, CreateMessage, HostMessage, InvokeMessage } from "./protocol.ts";
import { Stock } from "./stock.ts";
import { KnownVersion } from "./user-code.ts";

/** Results wait at most about this long for others of their batch. */
const FLUSH_AFTER_MS = 0.5;

/**
 * The program that runs isolates: one event loop on one thread. It takes batches of messages from its host, runs guests
 * synchronously, and sends what they said in batches. It decides nothing about functions: that is the host's.
 */
export class Cell {
  readonly #port: CellPort;
  readonly #board: ProgressBoard;
  readonly #outbox: Outbox;
  readonly #assets = new GuestAssets();
  readonly #stock: Stock;
  readonly #compiler = new Compiler();
  readonly #versions = new Map<number, KnownVersion>();
  readonly #environments = new Map<number, GuestEnvironment>();
  readonly #home: EnvironmentHome;
  #flushAtMs = 0;

  constructor(port: CellPort, board: ProgressBoard) {
    this.#port = port;
    this.#board = board;
    this.#outbox = new Outbox(port);
    this.#stock = new Stock(this.#assets);
    this.#home = {
      assets: this.#assets,
      send: (message) => this.#outbox.add(message),
      ended: (environment) => void this.#environments.delete(environment),
      enter: (environment) => this.#board.enter(environment),
      leave: () => this.#board.leave(),
      started: (number) => this.#board.started(number),
      finished: (number) => this.#board.finished(number),
      breathe: () => this.#breathe(),
    };
  }

  start(): void {
    rehearse(this.#assets);
    this.#port.listen((batch) => this.#receive(batch));
    this.#outbox.add([ToHost.Ready]);
    this.#outbox.flush();
  }

  #receive(batch: readonly HostMessage[]): void {
    this.#outbox.hold(true);
    const startMs = performance.now();
    this.#stock.busy(startMs);
    this.#flushAtMs = startMs + FLUSH_AFTER_MS;
    for (const message of batch) {
      this.#handle(message);
      this.#breathe();
    }
    this.#outbox.hold(false);
    this.#outbox.flush();
  }

  /** Between two runs: sends what is done when the turn has become long. */
  #breathe(): boolean {
    const nowMs = performance.now();
    if (nowMs < this.#flushAtMs) return true;
    this.#outbox.flush();
    this.#flushAtMs = nowMs + FLUSH_AFTER_MS;
    return false;
  }

  #handle(message: HostMessage): void {
    switch (message[0]) {
      case ToCell.Invoke:
        return this.#invoke(message);
      case ToCell.Create:
        // An init takes milliseconds: what is done must not wait for it.
        this.#outbox.flush();
        return this.#create(message);
      case ToCell.Dispose:
        return this.#environments.get(message[1])?.dispose();
      case ToCell.Recall:
        return this.#environments.get(message[1])?.recall();
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
    }
  }

  #invoke(message: InvokeMessage): void {
    // An environment that is gone has said so already, and the host knows this invocation never started.
    this.#environments.get(message[1])?.invoke(message);
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
      const generic = this.#stock.take(version.definition.memoryMb);
      const environment = new GuestEnvironment(
        id,
        generic,
        this.#home,
        timeoutMs,
        version.definition.concurrency,
      );
      this.#environments.set(id, environment);
      environment.init(version, logStreamName);
    } catch (error) {
      const { name, message: text } = readThrown(error);
      const initMs = performance.now() - startedMs;
      this.#failCreate(id, `${name}: ${text}`, initMs);
    }
  }

  /** An environment could not be made at all, by no fault of the function's. */
  #failCreate(id: number, why: string, initMs: number): void {
    this.#outbox.add([ToHost.InitFailed, id, "protocol", failureText("Sandbox.Fault", why), initMs, 0]);
  }

  #compile(message: CompileMessage): void {
    const [, job, source, format, filename] = message;
    const compiled = this.#compiler.compile(source, format, filename);
    this.#outbox.add([ToHost.Compiled, job, compiled.format, compiled.error, compiled.cachedData]);
  }
}
