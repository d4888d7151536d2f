import type { CellFleet, CellUser } from "./fleet.ts";
import type { HostCell } from "./host-cell.ts";

/** What a group of cells keeps to. */
export interface GroupOptions {
  readonly fleet: CellFleet;
  /** Most cells; where all are started at once, as many more while each of these is held by one long run. */
  readonly count: number;
  /** Most environments in one of them. */
  readonly maxEnvironments: number;
  /** Whether to start all of them at once; else each when the others are busy. */
  readonly isEager: boolean;
  /** It has no environments any more. */
  readonly onEmpty: () => void;
}

/** The cells that the environments of some functions, or of one tenant, share. */
export class CellGroup implements CellUser {
  readonly #options: GroupOptions;
  readonly #cells: HostCell[] = [];
  #isClosed = false;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  get cells(): readonly HostCell[] {
    return this.#cells;
  }

  /** Invocations and jobs its cells have not answered. */
  get outstanding(): number {
    return this.#cells.reduce((sum, { outstanding }) => sum + outstanding, 0);
  }

  /** Whether no other version than this one has environments in any of its cells. */
  isOnlyFor(version: number): boolean {
    return this.#cells.every((cell) => cell.residents.areOnly(version));
  }

  has(cell: HostCell): boolean {
    return this.#cells.includes(cell);
  }

  /** Starts every cell that isn't there, so that the first invocations need not wait for them. */
  warmUp(): void {
    const { fleet, count } = this.#options;
    while (!this.#isClosed && fleet.canStart && this.#cells.length < count)
      this.#cells.push(fleet.take(this));
  }

  /**
   * The cell for a new environment: of those that no long run holds the one with the fewest, and of those the one with
   * the least to do; undefined when all are full.
   */
  place(): HostCell | undefined {
    const { isEager, maxEnvironments } = this.#options;
    if (isEager) this.warmUp();
    const best = this.#emptiest();
    const isFit = best !== undefined && best.size < maxEnvironments;
    if (isFit && !best.hold.isOn && (isEager || best.outstanding === 0)) return best;
    return this.#add() ?? (isFit ? best : undefined);
  }

  /** Another takes the cell's place; it ends when its environments have. */
  replace(cell: HostCell): void {
    if (!this.#forget(cell)) return;
    this.#options.fleet.release(cell);
    if (this.#options.isEager) this.warmUp();
    cell.retire();
  }

  /** Has all its cells end, each when it has nothing to do. */
  retire(): void {
    this.#isClosed = true;
    for (const cell of [...this.#cells]) this.replace(cell);
  }

  lost(cell: HostCell): void {
    if (this.#forget(cell) && this.#options.isEager) this.warmUp();
    if (this.#cells.length === 0) this.#options.onEmpty();
  }

  emptied(cell: HostCell): void {
    // It was started because all others were held.
    if (this.#cells.length > this.#options.count) this.replace(cell);
    if (this.#cells.every(({ size }) => size === 0)) this.#options.onEmpty();
  }

  held(cell: HostCell): void {
    if (this.#canAdd || this.#cells.some(({ hold }) => !hold.isOn)) cell.hold.rescue();
  }

  get #canAdd(): boolean {
    const { fleet, count, isEager } = this.#options;
    if (this.#isClosed || !fleet.canStart) return false;
    const { length } = this.#cells;
    return length < count || (isEager && length < 2 * count && this.#cells.every(({ hold }) => hold.isOn));
  }

  #add(): HostCell | undefined {
    if (!this.#canAdd) return undefined;
    const cell = this.#options.fleet.take(this);
    this.#cells.push(cell);
    return cell;
  }

  #emptiest(): HostCell | undefined {
    let [best] = this.#cells;
    for (const cell of this.#cells) {
      if (!best || compare(cell, best) < 0) best = cell;
    }
    return best;
  }

  #forget(cell: HostCell): boolean {
    const index = this.#cells.indexOf(cell);
    if (index >= 0) this.#cells.splice(index, 1);
    return index >= 0;
  }
}

/** Negative when an environment is better placed in `one`. */
function compare(one: HostCell, other: HostCell): number {
  const byHold = Number(one.hold.isOn) - Number(other.hold.isOn);
  return byHold || one.size - other.size || one.outstanding - other.outstanding;
}
