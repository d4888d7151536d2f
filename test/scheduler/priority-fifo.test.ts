import fc from "fast-check";
import { expect, it } from "vitest";
import { Job, Lane } from "../../src/scheduler/lane.ts";
import { PriorityFifo } from "../../src/scheduler/priority-fifo.ts";

const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ push: fc.integer({ min: -3, max: 3 }) }) },
  { weight: 2, arbitrary: fc.constant({ shift: true as const }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat(50) }) },
);

it("is a list sorted by priority, stable, from which any job can leave", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const lane = new Lane("f");
      const fifo = new PriorityFifo<Job>();
      const model: Job[] = [];
      for (const step of operations) {
        if ("push" in step) {
          const job = new Job(lane, step.push, undefined);
          const behind = model.findIndex((other) => other.priority < job.priority);
          model.splice(behind < 0 ? model.length : behind, 0, job);
          fifo.push(job);
        } else if ("shift" in step) {
          expect(fifo.shift()).toBe(model.shift());
        } else if (model.length > 0) {
          const [job] = model.splice(step.remove % model.length, 1);
          fifo.remove(job!);
          fifo.remove(job!);
        }
        expect(fifo.first).toBe(model[0]);
        expect(fifo.length).toBe(model.length);
      }
      while (model.length > 0) expect(fifo.shift()).toBe(model.shift());
      expect(fifo.shift()).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
