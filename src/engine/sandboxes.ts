import { BYTES_PER_MB } from "../base/sizes.ts";
import { CellLostError, EngineClosedError } from "../base/errors.ts";
import type { IsoletError } from "../base/errors.ts";
import type { Isolation } from "../functions/settings.ts";
import type { ProcessLimits } from "../sandbox/process-link.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Launch } from "../sandbox/link.ts";
import { ProcessLink } from "../sandbox/process-link.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import type { SandboxOptions } from "../sandbox/sandbox.ts";
import { ThreadLink } from "../sandbox/thread-link.ts";

/** What a text takes beside what a limit counts: an error's trace, settings, names. */
const TEXT_SLACK_BYTES = 4 * BYTES_PER_MB;

/** Longest text that V8 can hold, in UTF-16 units, and so the most bytes that any text needs to have. */
const TEXT_LIMIT_BYTES = 0x1fff_ffe8;

const FRAME_LIMIT_BYTES = 0x7fff_ffff;

/** The cells of an engine, by kind of isolation; each kind comes to be with its first function. */
export class Sandboxes {
  readonly #options: ResolvedOptions;
  readonly #onError: (error: IsoletError) => void;
  readonly #sandboxes = new Map<Isolation, Sandbox>();
  readonly #inspected = new Map<Isolation, Sandbox>();
  #isClosed = false;

  /** `onError` is told of every cell that is lost. */
  constructor(options: ResolvedOptions, onError: (error: IsoletError) => void) {
    this.#options = options;
    this.#onError = onError;
  }

  get all(): readonly Sandbox[] {
    return [...this.#sandboxes.values()];
  }

  /** @throws EngineClosedError when the first function of a kind comes after the close. */
  of(isolation: Isolation): Sandbox {
    const known = this.#sandboxes.get(isolation);
    if (known) return known;
    if (this.#isClosed) throw new EngineClosedError();
    const made = this.#make(isolation);
    this.#sandboxes.set(isolation, made);
    return made;
  }

  /** Cells for environments that debuggers attach to: one for each, since one that is paused holds up all others. */
  inspected(isolation: Isolation): Sandbox {
    const known = this.#inspected.get(isolation);
    if (known) return known;
    if (this.#isClosed) throw new EngineClosedError();
    const made = this.#make(isolation, {
      cellCount: 1,
      isPerTenant: true,
      prepared: 0,
      spares: 0,
      recycleAfter: 0,
    });
    this.#inspected.set(isolation, made);
    return made;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.all, ...this.#inspected.values()].map((sandbox) => sandbox.close()));
  }

  #make(isolation: Isolation, own: Partial<SandboxOptions> = {}): Sandbox {
    const { cells, clock } = this.#options;
    const isInProcess = isolation === "in-process";
    return new Sandbox({
      cellCount: cells.count,
      isPerTenant: isolation === "process-per-tenant",
      maxTenants: cells.maxTenants,
      maxEnvironments: cells.maxEnvironments,
      prepared: cells.prepared,
      // A thread is there in a few milliseconds; and the host's memory is the host's to watch.
      spares: isInProcess ? 0 : cells.spares,
      memoryMb: isInProcess ? 0 : cells.memoryMb,
      recycleAfter: cells.recycleAfter,
      clock,
      launch: isInProcess ? (listener) => new ThreadLink(listener) : this.#processLaunch(),
      ...own,
      onCellLost: (reason) => this.#onError(new CellLostError(`A cell was lost and replaced: ${reason}.`)),
    });
  }

  /** Most bytes of an artifact's files that a cell of that kind can be sent; a thread shares the host's memory. */
  packLimitBytes(isolation: Isolation): number {
    return isolation === "in-process" ? Infinity : this.#processLimits().maxFrameBytes / 2;
  }

  #processLaunch(): Launch {
    const limits = this.#processLimits();
    return (listener) => new ProcessLink(listener, limits);
  }

  #processLimits(): ProcessLimits {
    const { payloadLimitBytes, codeLimitBytes } = this.#options;
    // A guest's result is cut off at so many UTF-16 units; that it has more bytes than it may is for the host to say.
    const longest = Math.max(3 * payloadLimitBytes, codeLimitBytes) + TEXT_SLACK_BYTES;
    return {
      maxTextBytes: Math.min(longest, TEXT_LIMIT_BYTES),
      maxFrameBytes: Math.min(longest * 3, FRAME_LIMIT_BYTES),
    };
  }
}
