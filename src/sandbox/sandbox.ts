import type { Clock } from "../base/clock.ts";
import { CellLostError, EngineClosedError, PlatformError } from "../base/errors.ts";
import type { VersionDefinition } from "../cell/protocol.ts";
import { HostCell } from "./host-cell.ts";
import type { EnvironmentListener } from "./host-cell.ts";
import type { InvocationProgress, Launch } from "./link.ts";

export type { EndReason, VersionDefinition } from "../cell/protocol.ts";

/** A version as the sandbox places it. */
export interface SandboxVersion {
  /** Unique within the engine. */
  readonly id: number;
  readonly memoryMb: number;
  definition(): VersionDefinition;
}

/** An environment in its cell. */
export interface PlacedEnvironment {
  /** Sends an invocation and gives its number. */
  invoke(requestId: string, timeoutMs: number, payload: string, extras: string): number;
  /** How far an invocation of it is, read without asking the cell. */
  progressOf(number: number): InvocationProgress;
  /** Keeps an invocation of it from starting; false when it has started. */
  revoke(number: number): boolean;
  /** Has it end over a passed deadline; what runs in it is answered. */
  expire(): void;
  /** Asks for what waits in its mailbox, to be given to others. */
  recall(): void;
  /** Ends it; nothing it still says counts. */
  dispose(): void;
}

/** How a compile ended. */
export type CompileResult =
  | { readonly ok: true; readonly format: "esm" | "commonjs"; readonly cachedData: Uint8Array | undefined }
  | { readonly ok: false; readonly error: string };

/** Options of a {@link Sandbox}. */
export interface SandboxOptions {
  readonly cellCount: number;
  /** Generic environments each cell keeps ready for every heap limit in use. */
  readonly prepared: number;
  readonly launch: Launch;
  readonly clock: Clock;
  readonly onCellLost: (reason: string) => void;
}

/** Cells that may fail to start one after the other before the sandbox stops trying. */
const START_ATTEMPTS = 3;

/** Times a compile is tried in a new cell when the cell was lost over it. */
const COMPILE_ATTEMPTS = 2;

/** The host's side of all cells: starts them, places environments in them, replaces the lost. */
export class Sandbox {
  readonly #options: SandboxOptions;
  readonly #cells: HostCell[] = [];
  readonly #prepared = new Set<number>();
  #environmentId = 0;
  #closed = false;
  #lostCells = 0;
  #failedStarts = 0;
  #lastReason = "";

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  /** Cells given up or ended by themselves since the start. */
  get lostCells(): number {
    return this.#lostCells;
  }

  /** Threads that environments run on. */
  get cellCount(): number {
    return this.#options.cellCount;
  }

  get cells(): readonly { readonly environments: number; readonly outstanding: number }[] {
    return this.#cells.map((cell) => ({ environments: cell.size, outstanding: cell.outstanding }));
  }

  /** Starts every cell that isn't there, so that the first invocations need not wait for them. */
  warmUp(): void {
    while (
      !this.#closed &&
      this.#failedStarts < START_ATTEMPTS &&
      this.#cells.length < this.#options.cellCount
    )
      this.#startCell();
  }

  /** Has generic environments of that heap limit kept ready in every cell. */
  prepare(memoryMb: number): void {
    if (this.#prepared.has(memoryMb)) return;
    this.#prepared.add(memoryMb);
    for (const cell of this.#cells) cell.prepare(memoryMb, this.#options.prepared);
  }

  create(
    version: SandboxVersion,
    timeoutMs: number,
    logStreamName: string,
    listener: EnvironmentListener,
  ): PlacedEnvironment {
    const cell = this.#place();
    const id = ++this.#environmentId;
    cell.define(version.id, () => version.definition());
    cell.create(id, version.id, timeoutMs, logStreamName, listener);
    return {
      invoke: (requestId, limitMs, payload, extras) => cell.invoke(id, requestId, limitMs, payload, extras),
      revoke: (number) => cell.revoke(number),
      progressOf: (number) => cell.progressOf(number),
      expire: () => cell.expire(id),
      recall: () => cell.recall(id),
      dispose: () => cell.dispose(id),
    };
  }

  /** The version will not be placed again. */
  forget(version: number): void {
    for (const cell of this.#cells) cell.forget(version);
  }

  /** Compiles user code in a cell, off the host's thread. Throws {@link CellLostError} when that takes cells down. */
  async compile(
    source: string,
    format: "esm" | "commonjs" | undefined,
    filename: string,
  ): Promise<CompileResult> {
    for (let attempt = 0; attempt < COMPILE_ATTEMPTS; attempt++) {
      const answer = await this.#place().compile(source, format, filename);
      if (!answer) continue;
      const [, , found, error, cachedData] = answer;
      return error === "" ? { ok: true, format: found, cachedData } : { ok: false, error };
    }
    if (this.#closed) throw new EngineClosedError();
    throw new CellLostError(
      "The cell that compiled the code was lost twice over it; the code can't be deployed.",
    );
  }

  /** Ends every cell. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#cells.splice(0).map((cell) => cell.end()));
  }

  /** The cell with the fewest environments, and of those the one with the least to do. */
  #place(): HostCell {
    if (this.#closed) throw new EngineClosedError();
    this.warmUp();
    const [first, ...others] = this.#cells;
    if (!first)
      throw new PlatformError(`No cell can be started: ${this.#lastReason}. Is isolated-vm installed?`);
    let best = first;
    for (const cell of others) {
      const fewer = cell.size - best.size || cell.outstanding - best.outstanding;
      if (fewer < 0) best = cell;
    }
    return best;
  }

  #startCell(): void {
    const { launch, clock } = this.#options;
    const cell = new HostCell(launch, clock, (lost, reason) => this.#lost(lost, reason));
    this.#cells.push(cell);
    for (const memoryMb of this.#prepared) cell.prepare(memoryMb, this.#options.prepared);
  }

  #lost(cell: HostCell, reason: string): void {
    const index = this.#cells.indexOf(cell);
    if (index < 0) return;
    this.#cells.splice(index, 1);
    this.#lostCells++;
    this.#lastReason = reason;
    this.#failedStarts = cell.ready ? 0 : this.#failedStarts + 1;
    if (!this.#closed && this.#failedStarts < START_ATTEMPTS) this.#startCell();
    this.#options.onCellLost(reason);
  }
}
