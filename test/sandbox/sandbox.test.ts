import { describe, expect, it } from "vitest";
import { CellLostError, PlatformError } from "../../src/base/errors.ts";
import { FakeClock } from "../../src/base/fake-clock.ts";
import { ToCell, ToHost } from "../../src/cell/protocol.ts";
import type { Sandbox, SandboxVersion } from "../../src/sandbox/sandbox.ts";
import { fakeSandbox, flush, makeVersion, type FakeCell } from "./fake-cell.ts";
import { makeListener } from "./listener.ts";

function create(sandbox: Sandbox, version: SandboxVersion = makeVersion()): ReturnType<Sandbox["create"]> {
  return sandbox.create(version, 1_000, "stream", makeListener());
}

const setUp = (cellCount: number) => fakeSandbox(new FakeClock(), { cellCount, prepared: 2 });

describe("Sandbox", () => {
  it("starts its cells when they are first needed, all of them", () => {
    const { sandbox, cells } = setUp(3);
    expect(cells).toHaveLength(0);
    create(sandbox);
    expect(cells).toHaveLength(3);
    sandbox.warmUp();
    expect(cells).toHaveLength(3);
  });

  it("places where the fewest environments are, and of those where the least is owed", () => {
    const { sandbox } = setUp(2);
    const first = create(sandbox);
    const second = create(sandbox);
    expect(sandbox.cells.map(({ environments }) => environments)).toEqual([1, 1]);
    first.invoke("a", 1, "1", "");
    create(sandbox);
    expect(sandbox.cells.map(({ environments }) => environments)).toEqual([1, 2]);
    second.dispose();
    create(sandbox);
    create(sandbox);
    expect(sandbox.cells.map(({ environments }) => environments)).toEqual([2, 2]);
  });

  it("tells each cell of a version once, and to forget it", async () => {
    const { sandbox, cells } = setUp(2);
    const version = makeVersion();
    for (let index = 0; index < 4; index++) create(sandbox, version);
    sandbox.forget(version.id);
    await flush();
    for (const cell of cells) {
      expect(cell.all(ToCell.Define)).toHaveLength(1);
      expect(cell.all(ToCell.Create)).toHaveLength(2);
      expect(cell.all(ToCell.Forget)).toEqual([[ToCell.Forget, version.id]]);
    }
  });

  it("has environments prepared in every cell, those that come later too", async () => {
    const { sandbox, cells } = setUp(2);
    sandbox.prepare(128);
    sandbox.prepare(128);
    sandbox.warmUp();
    sandbox.prepare(256);
    cells[0]?.ready();
    cells[0]?.exit();
    await flush();
    for (const cell of cells.slice(1)) {
      expect(cell.all(ToCell.Prepare)).toEqual([
        [ToCell.Prepare, 128, 2],
        [ToCell.Prepare, 256, 2],
      ]);
    }
    expect(cells).toHaveLength(3);
  });

  it("replaces every cell that had once answered, however often that happens", () => {
    const { sandbox, cells, lost } = setUp(1);
    create(sandbox);
    for (let times = 0; times < 20; times++) {
      cells.at(-1)?.ready();
      cells.at(-1)?.exit(`exit ${times}`);
    }
    expect(cells).toHaveLength(21);
    expect(sandbox.lostCells).toBe(20);
    expect(lost.at(-1)).toBe("the cell ended: exit 19");
    expect(() => create(sandbox)).not.toThrow();
  });

  it("stops trying when cells don't start, and says why", async () => {
    const { sandbox, cells } = setUp(1);
    create(sandbox);
    for (let index = 0; index < cells.length && index < 50; index++) cells[index]?.exit("Error: bad program");
    expect(cells.length).toBeLessThanOrEqual(5);
    expect(() => create(sandbox)).toThrow(PlatformError);
    expect(() => create(sandbox)).toThrow("bad program");
    await expect(sandbox.compile("1", undefined, "f")).rejects.toThrow(PlatformError);
    sandbox.warmUp();
    expect(sandbox.cells).toEqual([]);
  });

  describe("compile", () => {
    const compileOf = (cell: FakeCell | undefined): number => cell?.all(ToCell.Compile).at(-1)?.[1] ?? 0;

    it("gives what the cell found", async () => {
      const { sandbox, cells } = setUp(1);
      const good = sandbox.compile("1", "esm", "f");
      const bad = sandbox.compile("2", undefined, "f");
      await flush();
      const [, second] = cells[0]?.all(ToCell.Compile).map(([, job]) => job) ?? [];
      const cachedData = new Uint8Array([1]);
      cells[0]?.say([ToHost.Compiled, second ?? 0, "commonjs", "SyntaxError: x", undefined]);
      cells[0]?.say([ToHost.Compiled, (second ?? 0) - 1, "esm", "", cachedData]);
      await expect(good).resolves.toEqual({ ok: true, format: "esm", cachedData });
      await expect(bad).resolves.toEqual({ ok: false, error: "SyntaxError: x" });
    });

    it("is tried once more in another cell when its own is lost over it", async () => {
      const { sandbox, cells } = setUp(1);
      const result = sandbox.compile("1", undefined, "f");
      await flush();
      cells[0]?.ready();
      cells[0]?.exit();
      await flush();
      cells[1]?.say([ToHost.Compiled, compileOf(cells[1]), "esm", "", undefined]);
      await expect(result).resolves.toMatchObject({ ok: true });
    });

    it("is given up when that is lost too", async () => {
      const { sandbox, cells } = setUp(1);
      const result = expect(sandbox.compile("1", undefined, "f")).rejects.toThrow(CellLostError);
      for (let index = 0; index < 2; index++) {
        await flush();
        cells[index]?.ready();
        cells[index]?.exit();
      }
      await result;
      expect(cells[2]?.sent).toEqual([]);
    });
  });
});
