import { CellGroup } from "./cell-group.ts";
import type { GroupOptions } from "./cell-group.ts";
import type { HostCell } from "./host-cell.ts";

/**
 * The cells of everybody, or of one tenant: some for versions that take little CPU, and as many more for those that take
 * much, so that a run of these delays none of those.
 */
export class Lanes {
  readonly #light: CellGroup;
  readonly #heavy: CellGroup;

  /** Cells for heavy versions are started when one needs them. */
  constructor(options: GroupOptions) {
    const onEmpty = (): void => {
      if (this.cells.every(({ size }) => size === 0)) options.onEmpty();
    };
    this.#light = new CellGroup({ ...options, onEmpty });
    this.#heavy = new CellGroup({ ...options, onEmpty, isEager: false });
  }

  get cells(): readonly HostCell[] {
    return [...this.#light.cells, ...this.#heavy.cells];
  }

  /** Invocations and jobs its cells have not answered. */
  get outstanding(): number {
    return this.#light.outstanding + this.#heavy.outstanding;
  }

  /** Starts the cells that every engine needs. */
  warmUp(): void {
    this.#light.warmUp();
  }

  /** The cell for a new environment of a version; undefined when all are full. */
  place(version: number, isHeavy: boolean): HostCell | undefined {
    // Who is alone disturbs nobody.
    if (!isHeavy || this.#light.isOnlyFor(version)) return this.#light.place();
    return this.#heavy.place() ?? this.#light.place();
  }

  /** Whether an environment disturbs others in that cell, or is disturbed by them. */
  isMisplaced(cell: HostCell, isHeavy: boolean): boolean {
    return cell.residents.areMixed && this.#heavy.has(cell) !== isHeavy;
  }

  /** Another takes the cell's place; it ends when its environments have. */
  replace(cell: HostCell): void {
    this.#light.replace(cell);
    this.#heavy.replace(cell);
  }

  /** Has all its cells end, each when it has nothing to do. */
  retire(): void {
    this.#light.retire();
    this.#heavy.retire();
  }
}
