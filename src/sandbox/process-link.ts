import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import { machineMs } from "../base/clock.ts";
import { cellToHost, hostToCell } from "../cell/frame-messages.ts";
import { FrameDecoder, FrameEncoder } from "../cell/frames.ts";
import type { ProcessLimits } from "../cell/process-start.ts";
import { ToCell, ToHost } from "../cell/protocol.ts";
import type { CellMessage, HostMessage } from "../cell/protocol.ts";
import { BoardFileReader } from "./board-file-reader.ts";
import { CellLedger } from "./cell-ledger.ts";
import type { CellLink, CellProgress, LinkListener } from "./link.ts";
import type { LossCause } from "./listener.ts";
import type { ProcessProgram } from "./program.ts";
import { registerCell } from "./reaper.ts";
import { spawnCell } from "./spawn-cell.ts";
import type { SpawnedCell } from "./spawn-cell.ts";

export type { ProcessLimits } from "../cell/process-start.ts";

/** Characters kept of what a cell says on standard error: the first of it, which is where the reason is. */
const LAST_WORDS_LIMIT = 4_096;

/** How long what a dead cell has sent may take to be read. */
const DRAIN_MS = 250;

/** Bytes on standard error beyond which a cell isn't one: an honest one says a few lines when it dies. */
const ERRORS_LIMIT_BYTES = 1_048_576;

/** Bytes beside one largest frame that a cell may leave unread before it is given up. */
const UNREAD_LIMIT_BYTES = 268_435_456;

/** How often a cell that owes something is looked at, whether it does anything. */
const LOOK_MS = 1_000;

/** How long a guest that should end may hold its process. */
const PATIENCE_MS = 25;

/** Bytes of a page of memory, in which Linux counts. */
const PAGE_BYTES = 4_096;

/** A cell in a process of its own. */
export class ProcessLink implements CellLink {
  readonly patienceMs: number = PATIENCE_MS;
  readonly #cell: SpawnedCell;
  readonly #board = new BoardFileReader();
  readonly #encoder: FrameEncoder<HostMessage>;
  readonly #decoder: FrameDecoder<CellMessage>;
  readonly #ledger: CellLedger = new CellLedger(this.#board);
  readonly #unreadLimitBytes: number;
  #look: NodeJS.Timeout | undefined;
  #listener: LinkListener | undefined;
  #lastWords = "";
  #exit: string | undefined;
  #isStreamOver = false;
  readonly #gone: Promise<void>;

  /** `program` is what runs in the process; default the cell program. */
  constructor(listener: LinkListener, limits: ProcessLimits, program?: ProcessProgram) {
    this.#listener = listener;
    this.#unreadLimitBytes = UNREAD_LIMIT_BYTES + limits.maxFrameBytes;
    this.#encoder = new FrameEncoder(hostToCell, limits);
    this.#decoder = new FrameDecoder(cellToHost, limits);
    this.#cell = spawnCell(this.#board.file, limits, program);
    this.#listen(this.#cell.stream);
    this.#gone = this.#watch();
  }

  get progress(): CellProgress {
    return this.#board;
  }

  post(batch: readonly HostMessage[]): void {
    if (!this.#listener) return;
    const sentMs = machineMs();
    for (const message of batch) {
      if (message[0] === ToCell.Invoke) this.#board.sent(message[2], sentMs);
      this.#ledger.told(message, sentMs);
    }
    const frame = this.#encoder.encode([[ToCell.Sent, sentMs], ...batch]);
    const { stream } = this.#cell;
    stream.write(frame);
    // Later: whoever posts is not done yet with what it does to the cell.
    if (stream.writableLength > this.#unreadLimitBytes) setImmediate(() => this.#tooMuchUnread());
    if (this.#look === undefined) this.#lookLater();
  }

  hold(alive: boolean): void {
    const { child, stream, errors } = this.#cell;
    for (const handle of [child, stream, errors] as readonly Holdable[])
      if (alive) handle.ref?.();
      else handle.unref?.();
  }

  memoryBytes(): number {
    try {
      const [, resident = "0"] = readFileSync(`/proc/${this.#cell.child.pid}/statm`, "latin1").split(" ");
      return Number(resident) * PAGE_BYTES;
    } catch {
      return 0;
    }
  }

  async end(): Promise<void> {
    this.hold(true);
    this.abandon();
    await this.#gone;
  }

  abandon(): void {
    this.#listener = undefined;
    this.#kill();
  }

  #tooMuchUnread(): void {
    const { writableLength } = this.#cell.stream;
    if (writableLength > this.#unreadLimitBytes)
      this.#refuse(`it left ${writableLength} bytes unread, over the limit of ${this.#unreadLimitBytes}`);
  }

  #lookLater(): void {
    this.#look = setTimeout(() => this.#lookAtIt(), LOOK_MS).unref();
  }

  #lookAtIt(): void {
    this.#look = undefined;
    if (!this.#listener || !this.#ledger.owes) return;
    try {
      this.#ledger.look(machineMs());
    } catch (error) {
      return this.#refuse(error);
    }
    this.#lookLater();
  }

  #kill(): void {
    this.#cell.child.kill("SIGKILL");
    this.#board.cellDied();
  }

  #listen(stream: Duplex): void {
    const receive = (batch: readonly CellMessage[]): void => {
      if (batch[0]?.[0] === ToHost.Ready) this.#cell.removeFolder();
      this.#hand(batch);
    };
    stream.on("data", (chunk: Buffer) => {
      if (!this.#listener) return;
      try {
        this.#decoder.push(chunk, receive);
      } catch (error) {
        this.#refuse(error);
      }
    });
    // Writing to a cell that has died fails; that it has died is told by its exit.
    stream.on("error", () => undefined);
    stream.on("close", () => {
      this.#isStreamOver = true;
      this.#tellExit();
      // That it has died is known in a moment; if it has not, it isn't a cell any more.
      setTimeout(() => this.#refuse("it closed its stream"), DRAIN_MS).unref();
    });
  }

  /** Hands a batch over, up to the first message that the cell had no reason to send. */
  #hand(batch: readonly CellMessage[]): void {
    let heard = 0;
    try {
      for (const message of batch) {
        this.#ledger.heard(message);
        heard++;
      }
    } finally {
      this.#listener?.batch(heard === batch.length ? batch : batch.slice(0, heard));
    }
  }

  /** What it sent is none of the messages there are: whatever it is now, it isn't a cell. */
  #refuse(error: unknown): void {
    if (!this.#listener) return;
    this.#kill();
    const why = error instanceof Error ? error.message : String(error);
    this.#tell(`the cell broke the protocol: ${why}`, "protocol");
  }

  /** Resolves when the process is no more. */
  #watch(): Promise<void> {
    const { child, errors } = this.#cell;
    const unregister = child.pid === undefined ? () => undefined : registerCell(child.pid);
    let errorBytes = 0;
    errors.setEncoding("utf8");
    errors.on("data", (text: string) => {
      if (this.#lastWords.length < LAST_WORDS_LIMIT) this.#lastWords += text.slice(0, LAST_WORDS_LIMIT);
      errorBytes += text.length;
      if (errorBytes > ERRORS_LIMIT_BYTES) this.#refuse("it flooded its standard error");
    });
    errors.on("error", () => undefined);
    return new Promise((resolve) => {
      const over = (exit: string): void => {
        unregister();
        this.#board.cellDied();
        this.#cell.removeFolder();
        this.#exit = exit;
        this.#tellExit();
        setTimeout(() => this.#tellExit(true), DRAIN_MS).unref();
        resolve();
      };
      child.on("error", (error) => over(error.message));
      child.on("exit", (code, signal) => over(signal ? `signal ${signal}` : `exit code ${code}`));
    });
  }

  /** When everything it sent has been read, or that takes too long. */
  #tellExit(isLate = false): void {
    if (this.#exit === undefined || !(this.#isStreamOver || isLate)) return;
    this.#tell(`the cell ended: ${this.#exit}${lastWordsOf(this.#lastWords)}`, "exit");
    this.#board.close();
    this.#cell.stream.destroy();
  }

  #tell(reason: string, cause: LossCause): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.exited(reason, cause);
  }
}

/** What V8 or Node gives as the reason why a process ends: the first lines that are more than ornament. */
function lastWordsOf(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/^[#\s]+/, "").trim());
  const start = lines.findIndex((line) => /fatal|error|abort/i.test(line));
  if (start < 0) return "";
  const said = lines.slice(start).filter((line) => /[a-z]{3}/i.test(line));
  return `: ${said.slice(0, 2).join(" ").slice(0, 200)}`;
}

interface Holdable {
  ref?(): void;
  unref?(): void;
}
