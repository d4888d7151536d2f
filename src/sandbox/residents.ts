import type { CellLoss, EnvironmentListener } from "./listener.ts";

/** An environment in a cell. */
export interface Resident {
  readonly id: number;
  readonly version: number;
  readonly listener: EnvironmentListener;
  /** Its heap limit, where that is known. */
  readonly memoryMb: number | undefined;
  /** Its init and its invocations that the cell has not answered. */
  unanswered: number;
}

/** The environments in a cell, and of how many versions they are. */
export class Residents {
  readonly #all = new Map<number, Resident>();
  /** Environments by version. */
  readonly #versions = new Map<number, number>();

  get size(): number {
    return this.#all.size;
  }

  /** Whether there are environments of more than one version. */
  get areMixed(): boolean {
    return this.#versions.size > 1;
  }

  /** Whether there are none of any other version. */
  areOnly(version: number): boolean {
    return this.#versions.size === 0 || (this.#versions.size === 1 && this.#versions.has(version));
  }

  get(id: number): Resident | undefined {
    return this.#all.get(id);
  }

  /** As they are now, whatever becomes of them while they are gone through. */
  list(): readonly Resident[] {
    return [...this.#all.values()];
  }

  add(id: number, version: number, listener: EnvironmentListener, memoryMb?: number): Resident {
    const resident: Resident = { id, version, listener, memoryMb, unanswered: 0 };
    this.#all.set(id, resident);
    this.#versions.set(version, (this.#versions.get(version) ?? 0) + 1);
    return resident;
  }

  remove(id: number): Resident | undefined {
    const resident = this.#all.get(id);
    if (!resident) return undefined;
    this.#all.delete(id);
    const left = (this.#versions.get(resident.version) ?? 1) - 1;
    if (left === 0) this.#versions.delete(resident.version);
    else this.#versions.set(resident.version, left);
    return resident;
  }

  /** What tells all there are now that their cell is gone; `culprit` is the one that ran. */
  losing(loss: Omit<CellLoss, "isCulprit">, culprit: number | undefined): () => void {
    const all = this.list();
    return () => {
      for (const { id, listener } of all) listener.lost({ ...loss, isCulprit: id === culprit });
    };
  }

  clear(): void {
    this.#all.clear();
    this.#versions.clear();
  }
}
