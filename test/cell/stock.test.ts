import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { GuestAssets } from "../../src/cell/assets.ts";
import type { GenericEnvironment } from "../../src/cell/generic-environment.ts";
import { Stock } from "../../src/cell/stock.ts";

const MB = 128;

/** Nothing here is made of them. */
const NO_ASSETS = Object.create(null) as GuestAssets;

/** Environments that exist and that nobody has taken. */
let alive = 0;
let made = 0;
let stock: Stock;

/** Stands in for one: a stock makes them and disposes of them, no more. */
function make(): GenericEnvironment {
  made++;
  alive++;
  return { dispose: () => alive-- } as unknown as GenericEnvironment;
}

function take(count = 1): void {
  for (let taken = 0; taken < count; taken++) {
    stock.take(MB);
    alive--;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  alive = 0;
  made = 0;
  stock = new Stock(NO_ASSETS, make);
});
afterEach(() => vi.useRealTimers());

describe("a stock", () => {
  it("has nothing that isn't wanted", () => {
    take(3);
    vi.advanceTimersByTime(1_000);
    expect([made, alive]).toEqual([3, 0]);
  });

  it("keeps as many as are wanted and replaces those that are taken", () => {
    stock.want(MB, 2);
    vi.advanceTimersByTime(1_000);
    expect(alive).toBe(2);
    take();
    expect(alive).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect([alive, made]).toEqual([2, 3]);
  });

  it("keeps each heap limit's by itself", () => {
    stock.want(MB, 1);
    stock.want(256, 2);
    vi.advanceTimersByTime(1_000);
    expect(alive).toBe(3);
    stock.want(256, 0);
    expect(alive).toBe(1);
  });

  it("makes none while the cell is busy, up to a limit", () => {
    stock.want(MB, 1);
    for (let ms = 0; ms < 90; ms++) {
      stock.busy(performance.now());
      vi.advanceTimersByTime(1);
    }
    expect(alive).toBe(0);
    for (let ms = 0; ms < 20; ms++) {
      stock.busy(performance.now());
      vi.advanceTimersByTime(1);
    }
    expect(alive).toBe(1);
  });

  it("grows with what is wanted at once, up to four times", () => {
    stock.want(MB, 1);
    vi.advanceTimersByTime(1_000);
    take(3);
    vi.advanceTimersByTime(1_000);
    expect(alive).toBe(3);
    take(9);
    vi.advanceTimersByTime(1_000);
    expect(alive).toBe(4);
  });

  it("doesn't grow with what is wanted one after the other", () => {
    stock.want(MB, 1);
    for (let turn = 0; turn < 10; turn++) {
      vi.advanceTimersByTime(200);
      take();
    }
    vi.advanceTimersByTime(1_000);
    expect(alive).toBe(1);
  });

  it("shrinks when it has not been wanted for a minute, and not before", () => {
    stock.want(MB, 1);
    vi.advanceTimersByTime(1_000);
    take(4);
    vi.advanceTimersByTime(30_000);
    take(4);
    vi.advanceTimersByTime(40_000);
    expect(alive).toBe(4);
    vi.advanceTimersByTime(30_000);
    expect(alive).toBe(1);
  });

  it("ends what is too much when fewer are wanted", () => {
    stock.want(MB, 3);
    vi.advanceTimersByTime(1_000);
    stock.want(MB, 1);
    expect(alive).toBe(1);
    stock.want(MB, 0);
    expect(alive).toBe(0);
  });
});
