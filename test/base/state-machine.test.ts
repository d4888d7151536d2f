import { describe, expect, it } from "vitest";
import { allows, transition, type StateTable } from "../../src/base/state-machine.ts";
import { ENVIRONMENT_STATES, type EnvironmentState } from "../../src/environment/states.ts";
import { INVOCATION_STATES, type InvocationState } from "../../src/invocation/states.ts";

/** Every transition that may happen, written out once more: a changed table must be meant. */
const ENVIRONMENT_PAIRS: readonly (readonly [EnvironmentState, EnvironmentState])[] = [
  ["created", "initializing"],
  ["created", "condemned"],
  ["initializing", "ready"],
  ["initializing", "condemned"],
  ["ready", "busy"],
  ["ready", "draining"],
  ["ready", "condemned"],
  ["busy", "ready"],
  ["busy", "draining"],
  ["busy", "condemned"],
  ["draining", "disposed"],
  ["draining", "condemned"],
  ["condemned", "disposed"],
];

const INVOCATION_PAIRS: readonly (readonly [InvocationState, InvocationState])[] = [
  ["accepted", "queued"],
  ["accepted", "dispatched"],
  ["accepted", "completed"],
  ["queued", "dispatched"],
  ["queued", "completed"],
  ["dispatched", "queued"],
  ["dispatched", "started"],
  ["dispatched", "completed"],
  ["started", "completed"],
];

function walk<State extends string>(
  table: StateTable<State>,
  allowed: readonly (readonly [State, State])[],
): void {
  const states = Object.keys(table) as State[];
  for (const from of states) {
    for (const to of states) {
      const listed = allowed.some(([a, b]) => a === from && b === to);
      expect({ from, to, allowed: allows(table, from, to) }).toEqual({ from, to, allowed: listed });
      if (listed) expect(transition(table, from, to)).toBe(to);
      else expect(() => transition(table, from, to)).toThrow(`${from} can't become ${to}`);
    }
  }
}

describe("the table of environment states", () => {
  it("allows exactly what is listed", () => walk(ENVIRONMENT_STATES, ENVIRONMENT_PAIRS));

  it("lets every living environment be condemned, and nothing out of disposed", () => {
    const living: EnvironmentState[] = ["created", "initializing", "ready", "busy", "draining"];
    for (const state of living) expect(allows(ENVIRONMENT_STATES, state, "condemned")).toBe(true);
    expect(ENVIRONMENT_STATES.disposed).toEqual([]);
    expect(ENVIRONMENT_STATES.condemned).toEqual(["disposed"]);
  });
});

describe("the table of invocation states", () => {
  it("allows exactly what is listed", () => walk(INVOCATION_STATES, INVOCATION_PAIRS));

  it("lets everything be completed, once", () => {
    for (const state of Object.keys(INVOCATION_STATES) as InvocationState[]) {
      expect(allows(INVOCATION_STATES, state, "completed")).toBe(state !== "completed");
    }
  });
});
