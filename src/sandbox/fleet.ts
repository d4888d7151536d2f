import type { Clock, Timer } from "../base/clock.ts";
import { HoldWatch } from "./hold-watch.ts";
import { HostCell } from "./host-cell.ts";
import type { Launch } from "./link.ts";

/** What a fleet is made of. */
export interface FleetOptions {
  readonly launch: Launch;
  readonly clock: Clock;
  /** Cells that are kept started and unused, to replace lost ones at once. */
  readonly spares: number;
  /** Generic environments each cell keeps ready for every heap limit in use. */
  readonly prepared: number;
  readonly onCellLost: (reason: string) => void;
}

/** Who uses a cell. */
export interface CellUser {
  /** It is no more. */
  lost(cell: HostCell): void;
  /** Its last environment has ended. */
  emptied(cell: HostCell): void;
  /** One run holds its thread. Said again and again while it does. */
  held(cell: HostCell): void;
}

/** Cells that may fail to start one after the other before the fleet stops trying. */
const START_ATTEMPTS = 3;

/** How long a missing spare may wait, so that who needed the last one has the machine to himself, in milliseconds. */
const REFILL_AFTER_MS = 20;

/** All cells of a kind: starts them, keeps spare ones, and tells who uses one when it is lost. */
export class CellFleet {
  readonly #options: FleetOptions;
  readonly #users = new Map<HostCell, CellUser>();
  readonly #spares: HostCell[] = [];
  /** Cells that nobody uses any more and that end with their last environment. */
  readonly #retiring = new Set<HostCell>();
  readonly #heaps = new Set<number>();
  readonly #holds: HoldWatch;
  #refill: Timer | undefined;
  #lostCells = 0;
  #failedStarts = 0;
  #lastReason = "";
  #closed = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#holds = new HoldWatch({
      clock: options.clock,
      cells: () => this.used,
      onHeld: (cell) => this.#users.get(cell)?.held(cell),
    });
  }

  /** Cells given up or ended by themselves since the start. */
  get lostCells(): number {
    return this.#lostCells;
  }

  /** Why the last lost cell was lost. */
  get lastReason(): string {
    return this.#lastReason;
  }

  /** Cells in use. */
  get used(): Iterable<HostCell> {
    return this.#users.keys();
  }

  /** Whether cells can be started; false when the last ones all ended before they had loaded. */
  get canStart(): boolean {
    return !this.#closed && this.#failedStarts < START_ATTEMPTS;
  }

  /** A cell of one's own: a spare one that has loaded, or a new one. */
  take(user: CellUser): HostCell {
    const index = this.#spares.findIndex(({ ready }) => ready);
    const [spare = this.#start()] = index < 0 ? this.#spares.splice(0, 1) : this.#spares.splice(index, 1);
    this.#users.set(spare, user);
    this.#refillSoon();
    return spare;
  }

  /** A cell that no guest has run in, without taking it; undefined when there are no spares. */
  unused(): HostCell | undefined {
    if (this.#spares.length === 0 && this.#options.spares > 0 && this.canStart) this.#addSpare();
    return this.#spares[0];
  }

  /** Nobody uses it any more; whoever did retires it. */
  release(cell: HostCell): void {
    this.#users.delete(cell);
    this.#retiring.add(cell);
  }

  /** Starts missing spares. */
  stockUp(): void {
    while (this.canStart && this.#spares.length < this.#options.spares) this.#addSpare();
  }

  /** Has generic environments of that heap limit kept ready in every cell. */
  prepare(memoryMb: number): void {
    if (this.#heaps.has(memoryMb)) return;
    this.#heaps.add(memoryMb);
    for (const cell of [...this.used, ...this.#spares]) cell.prepare(memoryMb, this.#options.prepared);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#refill?.cancel();
    this.#holds.stop();
    const cells = [...this.#users.keys(), ...this.#spares.splice(0), ...this.#retiring];
    this.#users.clear();
    this.#retiring.clear();
    await Promise.all(cells.map((cell) => cell.end()));
  }

  #refillSoon(): void {
    if (this.#options.spares === 0 || this.#closed) return;
    this.#refill ??= this.#options.clock.setTimer(() => {
      this.#refill = undefined;
      this.stockUp();
    }, REFILL_AFTER_MS);
  }

  #addSpare(): void {
    this.#spares.push(this.#start());
  }

  #start(): HostCell {
    const { launch, clock, prepared } = this.#options;
    const cell = new HostCell(launch, clock, {
      lost: (lost, _cause, reason) => this.#lost(lost, reason),
      emptied: (emptied) => {
        this.#retiring.delete(emptied);
        this.#users.get(emptied)?.emptied(emptied);
      },
      owes: () => this.#holds.arm(),
    });
    for (const memoryMb of this.#heaps) cell.prepare(memoryMb, prepared);
    return cell;
  }

  #lost(cell: HostCell, reason: string): void {
    this.#retiring.delete(cell);
    const user = this.#users.get(cell);
    const index = this.#spares.indexOf(cell);
    if (!user && index < 0) return;
    this.#users.delete(cell);
    if (index >= 0) this.#spares.splice(index, 1);
    this.#lostCells++;
    this.#lastReason = reason;
    this.#failedStarts = cell.ready ? 0 : this.#failedStarts + 1;
    user?.lost(cell);
    this.#refillSoon();
    this.#options.onCellLost(reason);
  }
}
