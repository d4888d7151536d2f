import ivm from "isolated-vm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CodeCache } from "../../src/cell/code-cache.ts";

const TEXT = "(function () { return function inner(n) { return [n, n + 1].map((m) => m * 2); }; })";

let isolate: ivm.Isolate;
let context: ivm.Context;
let spentOn = 0;
const target = {
  get isolate() {
    return isolate;
  },
  atOwnExpense(act: (isolate: ivm.Isolate) => void): void {
    spentOn++;
    act(isolate);
  },
};

/** Compiles and runs the text as an environment does. */
function run(cache: CodeCache): void {
  const script = isolate.compileScriptSync(TEXT, { filename: "a.js", cachedData: cache.data });
  expect((script as { cachedDataRejected?: boolean }).cachedDataRejected).toBe(false);
  const outer = script.runSync(context, { reference: true }) as unknown as ivm.Reference<() => unknown>;
  const inner = outer.applySync(undefined, [], { result: { reference: true } }) as unknown as ivm.Reference<
    (n: number) => number[]
  >;
  expect(inner.applySync(undefined, [1], { result: { copy: true } })).toEqual([2, 4]);
}

function start(): void {
  isolate = new ivm.Isolate({ memoryLimit: 16 });
  context = isolate.createContextSync();
}

/** The cache of a compile alone. */
function compiled(): CodeCache {
  const made = new ivm.Isolate().compileScriptSync(TEXT, { filename: "a.js", produceCachedData: true });
  const { cachedData } = made as { cachedData?: ivm.ExternalCopy<ArrayBuffer> };
  if (!cachedData) throw new Error("no code cache");
  return new CodeCache(new Uint8Array(cachedData.copy()));
}

beforeEach(() => {
  vi.useFakeTimers();
  spentOn = 0;
  start();
});
afterEach(() => {
  vi.useRealTimers();
  if (!isolate.isDisposed) isolate.dispose();
});

describe("a code cache", () => {
  it("learns from who has run the code what running it compiles, at the cell's expense", () => {
    const cache = compiled();
    const first = cache.data;
    run(cache);
    cache.learn(target, TEXT, { filename: "a.js" });
    expect(cache.data).toBe(first);
    vi.runAllTimers();
    expect(cache.data.copy().byteLength).toBeGreaterThan(first.copy().byteLength);
    expect(spentOn).toBe(1);
    isolate.dispose();
    start();
    run(cache);
  });

  it("learns once", () => {
    const cache = compiled();
    run(cache);
    cache.learn(target, TEXT, { filename: "a.js" });
    vi.runAllTimers();
    const learned = cache.data;
    cache.learn(target, TEXT, { filename: "a.js" });
    vi.runAllTimers();
    expect(cache.data).toBe(learned);
    expect(spentOn).toBe(1);
  });

  it("learns from the next one when the first has ended", () => {
    const cache = compiled();
    const first = cache.data;
    run(cache);
    cache.learn(target, TEXT, { filename: "a.js" });
    isolate.dispose();
    vi.runAllTimers();
    expect(cache.data).toBe(first);
    start();
    run(cache);
    cache.learn(target, TEXT, { filename: "a.js" });
    vi.runAllTimers();
    expect(cache.data).not.toBe(first);
  });

  it("leaves alone whose heap is half full", () => {
    const cache = compiled();
    const first = cache.data;
    run(cache);
    context.evalSync("globalThis.held = Array.from({ length: 1_500_000 }, (_, n) => n)");
    cache.learn(target, TEXT, { filename: "a.js" });
    vi.runAllTimers();
    expect(cache.data).toBe(first);
    expect(spentOn).toBe(0);
  });
});
