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
  | { readonly kind: "push" | "putBack" | "shift" | "peek" }
  | { readonly kind: "abort"; readonly choice: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ kind: "push" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "putBack" }) },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: "shift" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "peek" }) },
  { weight: 2, arbitrary: fc.nat().map((choice): Step => ({ kind: "abort", choice })) },
);

describe("WaitingLine", () => {
  it("does what two arrays do, one for those put back and one for the rest", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const line = new WaitingLine();
        let returned: Invocation[] = [];
        let model: Invocation[] = [];
        for (const one of steps) {
          const all = [...returned, ...model];
          if (one.kind === "push" || one.kind === "putBack") {
            const invocation = makeInvocation();
            line[one.kind](invocation);
            (one.kind === "push" ? model : returned).push(invocation);
          } else if (one.kind === "shift") {
            expect(line.shift()).toBe(returned.length > 0 ? returned.shift() : model.shift());
          } else if (one.kind === "abort") {
            const invocation = all[one.choice % Math.max(1, all.length)];
            if (invocation) abort(line, invocation);
            [returned, model] = [returned, model].map((list) =>
              list.filter((item) => item !== invocation),
            ) as [Invocation[], Invocation[]];
          }
          expect(line.peek()).toBe([...returned, ...model][0]);
          expect(line.size).toBe(returned.length + model.length);
        }
        for (const left of [...returned, ...model]) expect(line.shift()).toBe(left);
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
