import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Invocation } from "../../src/invocation/invocation.ts";
import { WaitingLine } from "../../src/pool/waiting-line.ts";
import { makeInvocation } from "../invocation/support.ts";

/** Somebody else completes one that waits. */
function abort(line: WaitingLine, invocation: Invocation): void {
  if (invocation.complete({ outcome: "aborted", text: "", durationMs: 0, cpuMs: 0 })) line.gone();
}

type Step =
  | { readonly kind: "push" | "unshift" | "shift" | "peek" }
  | { readonly kind: "abort"; readonly choice: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ kind: "push" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "unshift" }) },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: "shift" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "peek" }) },
  { weight: 2, arbitrary: fc.nat().map((choice): Step => ({ kind: "abort", choice })) },
);

describe("WaitingLine", () => {
  it("does what an array does", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const line = new WaitingLine();
        const model: Invocation[] = [];
        for (const one of steps) {
          if (one.kind === "push" || one.kind === "unshift") {
            const invocation = makeInvocation();
            line[one.kind](invocation);
            model[one.kind](invocation);
          } else if (one.kind === "shift") expect(line.shift()).toBe(model.shift());
          else if (one.kind === "abort") {
            const [invocation] = model.splice(one.choice % Math.max(1, model.length), 1);
            if (invocation) abort(line, invocation);
          }
          expect(line.peek()).toBe(model[0]);
          expect(line.size).toBe(model.length);
        }
        while (model.length > 0) expect(line.shift()).toBe(model.shift());
        expect(line.shift()).toBeUndefined();
        expect(line.size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it("serves in order over many turns", () => {
    const line = new WaitingLine();
    const all = Array.from({ length: 5_000 }, () => makeInvocation());
    let next = 0;
    for (const [index, invocation] of all.entries()) {
      line.push(invocation);
      if (index % 3 === 0) expect(line.shift()).toBe(all[next++]);
    }
    while (line.size > 0) expect(line.shift()).toBe(all[next++]);
    expect(next).toBe(all.length);
  });
});
