import { describe, expect, it, vi } from "vitest";
import { SafeEmitter } from "../../src/base/events.ts";

interface Events {
  news(text: string, count: number): void;
  other(): void;
}

function setUp(): { emitter: SafeEmitter<Events>; thrown: [string, unknown][] } {
  const thrown: [string, unknown][] = [];
  return { emitter: new SafeEmitter<Events>((event, cause) => thrown.push([event, cause])), thrown };
}

describe("SafeEmitter", () => {
  it("tells every listener of the event, in the order they came, with all arguments", () => {
    const { emitter } = setUp();
    const heard: string[] = [];
    emitter.on("news", (text, count) => heard.push(`a ${text} ${count}`));
    emitter.on("news", (text, count) => heard.push(`b ${text} ${count}`));
    emitter.on("other", () => heard.push("other"));
    emitter.emit("news", "x", 1);
    expect(heard).toEqual(["a x 1", "b x 1"]);
  });

  it("keeps a throwing listener from who emits and from the other listeners", () => {
    const { emitter, thrown } = setUp();
    const error = new Error("listener");
    const before = vi.fn();
    const after = vi.fn();
    emitter.on("news", before);
    emitter.on("news", () => {
      throw error;
    });
    emitter.once("news", after);
    expect(() => emitter.emit("news", "x", 1)).not.toThrow();
    expect(before).toHaveBeenCalledTimes(1);
    expect(after).toHaveBeenCalledExactlyOnceWith("x", 1);
    expect(thrown).toEqual([["news", error]]);
  });

  it("reports every listener that throws", () => {
    const { emitter, thrown } = setUp();
    for (const text of ["first", "second"]) {
      emitter.on("other", () => {
        throw new Error(text);
      });
    }
    emitter.emit("other");
    expect(thrown.map(([, cause]) => (cause as Error).message)).toEqual(["first", "second"]);
  });

  it("tells a once listener once, even when it throws or emits again", () => {
    const { emitter, thrown } = setUp();
    let calls = 0;
    emitter.once("other", () => {
      calls++;
      emitter.emit("other");
      throw new Error("once");
    });
    emitter.emit("other");
    emitter.emit("other");
    expect(calls).toBe(1);
    expect(thrown).toHaveLength(1);
    expect(emitter.has("other")).toBe(false);
  });

  it("tells a listener that was added by once and by on, again and again", () => {
    const { emitter } = setUp();
    const listener = vi.fn();
    emitter.on("other", listener);
    emitter.once("other", listener);
    emitter.emit("other");
    expect(listener).toHaveBeenCalledTimes(2);
    emitter.emit("other");
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it("keeps a once listener that was added while the event was told", () => {
    const { emitter } = setUp();
    const added = vi.fn();
    emitter.once("other", () => emitter.once("other", added));
    emitter.once("other", () => undefined);
    emitter.emit("other");
    expect(added).not.toHaveBeenCalled();
    emitter.emit("other");
    expect(added).toHaveBeenCalledTimes(1);
  });

  it("forgets a removed listener, and knows whether anyone listens", () => {
    const { emitter } = setUp();
    const listener = vi.fn();
    expect(emitter.has("news")).toBe(false);
    emitter.on("news", listener);
    emitter.once("news", listener);
    expect(emitter.has("news")).toBe(true);
    emitter.off("news", listener);
    expect(emitter.has("news")).toBe(false);
    emitter.emit("news", "x", 1);
    expect(listener).not.toHaveBeenCalled();
  });
});
