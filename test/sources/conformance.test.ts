import { describe, expect, test } from "vitest";
import type { Timer } from "../../src/base/clock.ts";
import { SourceError } from "../../src/base/errors.ts";
import {
  eventSourceConformance,
  type EventSource,
  type SourceContext,
} from "../../src/sources/conformance.ts";

/** A simple source that is right, with a switch for each way of being wrong. */
class Ticker implements EventSource {
  readonly kind: string;
  readonly #faults: ReadonlySet<string>;
  readonly #flights = new Set<Promise<unknown>>();
  #context: SourceContext | undefined;
  #state: "made" | "running" | "stopped" = "made";
  #stopping: Promise<void> | undefined;
  #timer: Timer | undefined;

  constructor(...faults: string[]) {
    this.#faults = new Set(faults);
    this.kind = this.#has("bad kind") ? "A kind!" : "ticker";
  }

  #has(fault: string): boolean {
    return this.#faults.has(fault);
  }

  async start(context: SourceContext): Promise<void> {
    const refused =
      this.#state === "running"
        ? !this.#has("starts twice")
        : this.#state === "stopped" && !this.#has("starts again");
    if (refused) throw new SourceError("no", this.#has("other code") ? "INVALID_SOURCE" : "SOURCE_CONFLICT");
    if (context.signal.aborted && !this.#has("starts when closing")) {
      this.#state = "stopped";
      return;
    }
    this.#state = "running";
    this.#context = context;
    this.#timer ??= context.clock.setTimer(() => {}, 1e12);
  }

  tick(): void {
    const context = this.#context;
    if (!context || (this.#state !== "running" && !this.#has("never silent")) || this.#has("mute")) return;
    const options = this.#has("keeps the signal") ? {} : { signal: context.signal };
    const payload = this.#has("no JSON") ? undefined : {};
    const flight = context.invoker.invoke("fn", payload, options).then(
      (result) => {
        if (result.status === "failed" && this.#has("dies of failures")) this.#state = "stopped";
      },
      () => {
        if (this.#has("dies of refusals")) this.#state = "stopped";
      },
    );
    this.#flights.add(flight);
    void flight.then(() => this.#flights.delete(flight));
  }

  stop(): Promise<void> {
    if (this.#has("many stops")) return this.#stop();
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#state = "stopped";
    if (!this.#has("keeps timers")) this.#timer?.cancel();
    if (!this.#has("doesn't wait")) await Promise.all(this.#flights);
  }
}

async function failing(...faults: string[]): Promise<string[]> {
  const checks = eventSourceConformance({
    patienceMs: 200,
    make: () => {
      const source = new Ticker(...faults);
      const produce = (count: number): void => {
        for (let i = 0; i < count; i++) source.tick();
      };
      return { source, produce };
    },
  });
  const names: string[] = [];
  for (const check of checks) await check.run().catch(() => names.push(check.name));
  return names;
}

describe("the conformance suite", () => {
  test("passes a source that does as it should", async () => {
    expect(await failing()).toEqual([]);
  });

  test.each([
    ["bad kind", "has a short kind"],
    ["mute", "hands events to the invoker once started"],
    ["no JSON", "hands events to the invoker once started"],
    ["starts twice", "is started once: a second start is refused and the first goes on"],
    ["other code", "is started once: a second start is refused and the first goes on"],
    ["dies of refusals", "survives an invoker that refuses"],
    ["dies of failures", "survives a function that fails"],
    ["doesn't wait", "waits with stop for what is in flight"],
    ["many stops", "has one stop for all callers"],
    ["never silent", "produces nothing once stopped, and holds no timers"],
    ["keeps timers", "produces nothing once stopped, and holds no timers"],
    ["starts again", "never starts again"],
    ["starts again", "can be stopped before it was started"],
    ["starts when closing", "doesn't start for an engine that is closing"],
  ])("catches a source that %s", async (fault, name) => {
    expect(await failing(fault)).toContain(name);
  });

  test("catches a source that waits for ever although the signal was aborted", async () => {
    const names = await failing("keeps the signal");
    expect(names).toContain("gives up what is in flight when the signal aborts");
    expect(names).toContain("gives up while a stop is waiting");
  });
});
