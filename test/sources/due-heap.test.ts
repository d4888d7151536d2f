import fc from "fast-check";
import { expect, test } from "vitest";
import { DueHeap, type Waiting } from "../../src/sources/due-heap.ts";

type Step =
  | { readonly add: number }
  | { readonly remove: number }
  | { readonly take: number }
  | { readonly shift: number };

const time = fc.integer({ min: 0, max: 200 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ add: time }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ take: time }) },
  { weight: 1, arbitrary: fc.record({ shift: fc.integer({ min: -5, max: 5 }) }) },
);

test("gives what is due in the order of its time, whatever was taken out of its middle", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 150, size: "max" }), (steps) => {
      const heap = new DueHeap<Waiting>();
      let model: Waiting[] = [];
      for (const next of steps) {
        if ("add" in next) {
          const item = { atMs: next.add, heapIndex: -1 };
          heap.add(item);
          model.push(item);
        } else if ("remove" in next) {
          const [item] = model.splice(next.remove, 1);
          if (item) heap.remove(item);
        } else if ("take" in next) {
          for (let item = heap.takeDue(next.take); item; item = heap.takeDue(next.take)) {
            expect(item.atMs).toBe(Math.min(...model.map((other) => other.atMs)));
            expect(item.heapIndex).toBe(-1);
            model = model.filter((other) => other !== item);
          }
          expect(model.every((item) => item.atMs > next.take)).toBe(true);
        } else {
          heap.shift(next.shift);
        }
        expect(heap.nextAtMs).toBe(
          model.length > 0 ? Math.min(...model.map((item) => item.atMs)) : undefined,
        );
      }
    }),
    { numRuns: 500 },
  );
});
