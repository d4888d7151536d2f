import { describe, expect, it } from "vitest";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { fakeSandbox, flush, makeVersion } from "./fake-cell.ts";
import { makeListener } from "./listener.ts";

const MB = 1_048_576;

/** A process of 100 MB with one environment of 32 MB, looked at every 200 ms. */
async function setUp() {
  const clock = new FakeClock();
  const { sandbox, cells } = fakeSandbox(clock, { memoryMb: 10_000 });
  const listener = makeListener();
  sandbox.create(makeVersion(32), 1_000, "stream", listener);
  const [cell] = cells;
  if (!cell) throw new Error("no cell was started");
  cell.usedBytes = 100 * MB;
  await flush();
  await clock.advance(200);
  const runs = (environment: number, run: number, usedMb: number): Promise<void> => {
    cell.runningEnvironment = environment;
    cell.run = run;
    cell.usedBytes = usedMb * MB;
    return clock.advance(200);
  };
  return { listener, cell, runs };
}

describe("a process that grows", () => {
  it("is killed when one run makes it grow by far more than its guest may have", async () => {
    const { listener, runs } = await setUp();
    await runs(1, 1, 150);
    await runs(1, 1, 228);
    expect(listener.lost).not.toHaveBeenCalled();
    await runs(1, 1, 229);
    expect(listener.lost).toHaveBeenCalledExactlyOnceWith({
      cause: "memory",
      reason: "its process grew by 129 MB in one run of a guest with memoryMb of 32",
      isCulprit: true,
      passed: { limit: "memoryMb", limitValue: 32, value: 129, unit: "MB" },
    });
  });

  it("is kept when many runs do", async () => {
    const { listener, runs } = await setUp();
    for (let run = 1; run < 10; run++) await runs(1, run, 100 + run * 100);
    await runs(0, 0, 2_000);
    expect(listener.lost).not.toHaveBeenCalled();
  });
});
