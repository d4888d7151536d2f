/** Shows how far the work has come: one line that updates itself on a terminal, a few plain lines in a pipe. */
import type { Output, Style } from "./style.ts";

export interface Progress {
  /** One invocation of `name` has ended. */
  advance(name: string): void;
  /** Everything has ended; the display is cleared away or completed. */
  finish(): void;
}

/** What there is to do: invocations by function. */
export type Plan = ReadonlyMap<string, number>;

const REDRAW_MS = 80;
const BAR_WIDTH = 12;
const PIPED_STEPS = 4;
const CLEAR_LINE = "\r\u001b[2K";

export function createProgress(plan: Plan, output: Output, style: Style): Progress {
  const state = new ProgressState(plan);
  return output.isTTY === true ? terminalProgress(state, output, style) : pipedProgress(state, output);
}

/** The counts behind either display. */
export class ProgressState {
  readonly total: number;
  readonly #plan: Plan;
  readonly #done = new Map<string, number>();
  readonly #startedAtMs = performance.now();
  #ended = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.total = [...plan.values()].reduce((sum, count) => sum + count, 0);
  }

  get ended(): number {
    return this.#ended;
  }

  get share(): number {
    return this.total === 0 ? 1 : this.#ended / this.total;
  }

  advance(name: string): void {
    this.#ended += 1;
    this.#done.set(name, (this.#done.get(name) ?? 0) + 1);
  }

  elapsed(): string {
    return `${((performance.now() - this.#startedAtMs) / 1_000).toFixed(1)} s`;
  }

  byFunction(separator: string): string {
    return [...this.#plan.keys()].map((name) => `${name} ${this.#done.get(name) ?? 0}`).join(separator);
  }
}

/** The line for a terminal of `columns`, bar first; the counts per function go where there is room. */
export function progressLine(state: ProgressState, style: Style, columns: number): string {
  const filled = Math.round(state.share * BAR_WIDTH);
  const bar = style.green("█".repeat(filled)) + style.dim("░".repeat(BAR_WIDTH - filled));
  const figures = ` ${state.ended}/${state.total}  ${state.elapsed()}  `;
  // The last column stays free: a full line would wrap on some terminals and then never be cleared.
  const room = Math.max(0, columns - 1 - BAR_WIDTH - figures.length);
  return bar + figures + style.dim(cut(state.byFunction("  "), room));
}

function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  return room === 0 ? "" : `${text.slice(0, room - 1)}…`;
}

function terminalProgress(state: ProgressState, output: Output, style: Style): Progress {
  const draw = (): void => {
    output.write(CLEAR_LINE + progressLine(state, style, output.columns ?? 80));
  };
  draw();
  const timer = setInterval(draw, REDRAW_MS);
  // A display must not be what keeps the program alive.
  timer.unref();
  return {
    advance: (name) => state.advance(name),
    finish: () => {
      clearInterval(timer);
      output.write(CLEAR_LINE);
    },
  };
}

function pipedProgress(state: ProgressState, output: Output): Progress {
  let nextStep = 1;
  return {
    advance: (name) => {
      state.advance(name);
      if (state.share < nextStep / PIPED_STEPS) return;
      output.write(`  ${state.ended}/${state.total} after ${state.elapsed()}: ${state.byFunction(", ")}\n`);
      nextStep = Math.floor(state.share * PIPED_STEPS) + 1;
    },
    finish: () => {},
  };
}
