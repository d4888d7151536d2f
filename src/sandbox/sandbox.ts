import type { Clock } from "../base/clock.ts";
import { CellLostError, EngineClosedError, PlatformError, ThrottledError } from "../base/errors.ts";
import { ToCell } from "../cell/protocol.ts";
import type { VersionDefinition } from "../cell/protocol.ts";
import { CellCare } from "./cell-care.ts";
import { CellFleet } from "./fleet.ts";
import type { HostCell } from "./host-cell.ts";
import { Lanes } from "./lanes.ts";
import type { InvocationProgress, Launch } from "./link.ts";
import type { EnvironmentListener } from "./listener.ts";

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
  /** Whether a long run holds its cell's thread, so that nothing should be sent to it. */
  readonly isHeld: boolean;
  /** Whether that run is another environment's. */
  readonly isHeldUp: boolean;
  /** Whether it runs at this moment. */
  isRunning(): boolean;
  /** Whether it shares its cell with versions that it should be kept apart from. */
  isMisplaced(isHeavy: boolean): boolean;
  /** Sends an invocation and gives its number. */
  invoke(requestId: string, timeoutMs: number, payload: string, extras: string): number;
  /** How far an invocation of it is, read without asking the cell. */
  progressOf(number: number): InvocationProgress;
  /** Keeps an invocation of it from starting; false when it has started. */
  revoke(number: number): boolean;
  /** Replies to a call that it has open. */
  reply(call: number, kind: 0 | 1 | 2, text: string): void;
  /** Has it end over a passed deadline; what runs in it is answered. */
  expire(): void;
  /** Says to it what a debugger says; an empty text when that has gone. */
  inspect(client: number, text: string): void;
  /** Has it do what it wants to do at its end, within so long. */
  shutDown(limitMs: number): void;
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
  /** Most cells for everybody, or with tenants apart for each of them. */
  readonly cellCount: number;
  /** Whether each tenant has cells of its own. */
  readonly isPerTenant: boolean;
  /** Tenants that may have cells at once. */
  readonly maxTenants: number;
  readonly maxEnvironments: number;
  /** Generic environments each cell keeps ready for every heap limit in use. */
  readonly prepared: number;
  readonly spares: number;
  /** Memory of a cell in MB beyond which it is killed; 0 for no limit. */
  readonly memoryMb: number;
  /** Invocations after which a cell is replaced; 0 for never. */
  readonly recycleAfter: number;
  readonly launch: Launch;
  readonly clock: Clock;
  readonly onCellLost: (reason: string) => void;
}

/** Times a compile is tried in a new cell when the cell was lost over it. */
const COMPILE_ATTEMPTS = 2;

/** How long a compile may take before its cell is given up, in milliseconds. */
const COMPILE_LIMIT_MS = 30_000;

/** Whom cells are for that are nobody's own. */
const EVERYBODY = "";

/** The host's side of all cells of a kind: places environments in them, apart by tenant where that is asked for. */
export class Sandbox {
  readonly #options: SandboxOptions;
  readonly #fleet: CellFleet;
  readonly #care: CellCare;
  /** By tenant, the one that had an environment placed last at the end. */
  readonly #lanes = new Map<string, Lanes>();
  #environmentId = 0;
  #closed = false;

  constructor(options: SandboxOptions) {
    this.#options = options;
    const { launch, clock, prepared, spares, isPerTenant, onCellLost, memoryMb, recycleAfter } = options;
    // Code is compiled where no guest has run, and with tenants apart nowhere else.
    const kept = isPerTenant ? Math.max(1, spares) : spares;
    this.#fleet = new CellFleet({ launch, clock, prepared, spares: kept, onCellLost });
    this.#care = new CellCare({
      clock,
      memoryMb,
      recycleAfter,
      cells: () => this.#fleet.used,
      replace: (cell) => this.#replace(cell),
    });
  }

  /** Cells given up or ended by themselves since the start. */
  get lostCells(): number {
    return this.#fleet.lostCells;
  }

  /** Threads that environments of one function run on. */
  get cellCount(): number {
    return this.#options.cellCount;
  }

  get cells(): readonly { readonly environments: number; readonly outstanding: number }[] {
    return [...this.#lanes.values()].flatMap(({ cells }) =>
      cells.map((cell) => ({ environments: cell.size, outstanding: cell.outstanding })),
    );
  }

  /** Starts every cell that isn't there, so that the first invocations need not wait for them. */
  warmUp(): void {
    if (this.#closed) return;
    if (!this.#options.isPerTenant) this.#lanesOf(EVERYBODY).warmUp();
    this.#fleet.stockUp();
    this.#care.start();
  }

  /** Has generic environments of that heap limit kept ready in every cell. */
  prepare(memoryMb: number): void {
    this.#fleet.prepare(memoryMb);
  }

  /**
   * Places an environment; apart from others if its version `isHeavy`, that is takes much CPU. Throws {@link EngineClosedError}, `ThrottledError` when no cell has room, and `PlatformError`
   * when none can be started.
   */
  create(
    version: SandboxVersion,
    timeoutMs: number,
    logStreamName: string,
    listener: EnvironmentListener,
    isHeavy: boolean = false,
    tenant: string = EVERYBODY,
  ): PlacedEnvironment {
    const cell = this.#place(tenant, version.id, isHeavy);
    const lanes = this.#lanesOf(tenant);
    const id = ++this.#environmentId;
    cell.define(version.id, () => version.definition());
    cell.create(id, version.id, timeoutMs, logStreamName, listener, version.memoryMb);
    return {
      get isHeld() {
        return cell.hold.isOn;
      },
      get isHeldUp() {
        return cell.hold.isOnFor(id);
      },
      isRunning: () => cell.running?.environment === id,
      isMisplaced: (heavy) => lanes.isMisplaced(cell, heavy),
      invoke: (requestId, limitMs, payload, extras) => cell.invoke(id, requestId, limitMs, payload, extras),
      revoke: (number) => cell.revoke(number),
      progressOf: (number) => cell.progressOf(number),
      reply: (call, kind, text) => cell.say([ToCell.Reply, id, call, kind, text]),
      expire: () => cell.say([ToCell.Expire, id]),
      inspect: (client, text) => cell.say([ToCell.Inspect, id, client, text]),
      shutDown: (limitMs) => cell.say([ToCell.Shutdown, id, limitMs]),
      recall: () => cell.say([ToCell.Recall, id]),
      dispose: () => cell.dispose(id),
    };
  }

  /** The version will not be placed again. */
  forget(version: number): void {
    for (const cell of this.#fleet.used) cell.forget(version);
  }

  /** Compiles user code in a cell, off the host's thread. Throws {@link CellLostError} when that takes cells down. */
  async compile(
    source: string,
    format: "esm" | "commonjs" | undefined,
    filename: string,
  ): Promise<CompileResult> {
    for (let attempt = 0; attempt < COMPILE_ATTEMPTS; attempt++) {
      const answer = await this.#compileIn(this.#compilingCell(), source, format, filename);
      if (!answer) continue;
      const [, , found, error, cachedData] = answer;
      return error === "" ? { ok: true, format: found, cachedData } : { ok: false, error };
    }
    if (this.#closed) throw new EngineClosedError();
    throw new CellLostError(
      `The cell that compiled the code was lost ${COMPILE_ATTEMPTS} times over it (${this.#fleet.lastReason}).`,
    );
  }

  /** Ends every cell. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#care.stop();
    this.#lanes.clear();
    await this.#fleet.close();
  }

  async #compileIn(cell: HostCell, ...source: Parameters<HostCell["compile"]>) {
    const limit = this.#options.clock.setTimer(
      () => cell.abandon("stuck", `a compile took longer than ${COMPILE_LIMIT_MS} ms`),
      COMPILE_LIMIT_MS,
      true,
    );
    const answer = await cell.compile(...source);
    limit.cancel();
    return answer;
  }

  /** Where no guest has run, if there is such a cell. */
  #compilingCell(): HostCell {
    if (this.#closed) throw new EngineClosedError();
    this.warmUp();
    return this.#fleet.unused() ?? this.#place(EVERYBODY, 0, false);
  }

  #place(tenant: string, version: number, isHeavy: boolean): HostCell {
    if (this.#closed) throw new EngineClosedError();
    this.warmUp();
    const lanes = this.#lanesOf(tenant);
    const cell = lanes.place(version, isHeavy);
    // The last one to be used for an environment is the last one to go.
    this.#lanes.delete(tenant);
    this.#lanes.set(tenant, lanes);
    if (cell) return cell;
    if (lanes.cells.length === 0)
      throw new PlatformError(`No cell can be started: ${this.#fleet.lastReason}. Is isolated-vm installed?`);
    throw noRoom("cells.maxEnvironments", this.#options.maxEnvironments, "environments in each cell");
  }

  #lanesOf(tenant: string): Lanes {
    const known = this.#lanes.get(tenant);
    if (known) return known;
    const { isPerTenant, maxTenants, cellCount, maxEnvironments } = this.#options;
    if (this.#lanes.size >= maxTenants) this.#endIdleTenant();
    const lanes = new Lanes({
      fleet: this.#fleet,
      count: cellCount,
      maxEnvironments,
      isEager: !isPerTenant,
      onEmpty: () => {
        if (isPerTenant) this.#retire(tenant, lanes);
      },
    });
    this.#lanes.set(tenant, lanes);
    return lanes;
  }

  /** Makes room for another tenant. */
  #endIdleTenant(): void {
    for (const [tenant, lanes] of this.#lanes) {
      if (lanes.outstanding === 0) return this.#retire(tenant, lanes);
    }
    throw noRoom("cells.maxTenants", this.#options.maxTenants, "tenants with cells of their own");
  }

  #retire(tenant: string, lanes: Lanes): void {
    if (this.#lanes.get(tenant) === lanes) this.#lanes.delete(tenant);
    lanes.retire();
  }

  #replace(cell: HostCell): void {
    for (const lanes of this.#lanes.values()) lanes.replace(cell);
  }
}

function noRoom(limit: string, value: number, what: string): ThrottledError {
  return new ThrottledError(
    `No room for another environment: there are ${value} ${what}, the limit ${limit}. Raise it, or end some.`,
    "EnvironmentLimit",
    limit,
    value,
  );
}
