import { describe, expect, it } from "vitest";
import { AdmissionQueue } from "../../src/scheduler/admission-queue.ts";
import { FairQueue } from "../../src/scheduler/fair-queue.ts";
import { Job } from "../../src/scheduler/lane.ts";

const start = async (): Promise<void> => {};

describe("p-queue's queue class", () => {
  it("shows a size only while dequeue has a job", () => {
    const fair = new FairQueue(2);
    const queue = new AdmissionQueue(fair);
    fair.setReserved("capped", 1);
    for (const name of ["capped", "capped", "free", "free"]) {
      queue.enqueue(start, { job: new Job(fair.lane(name), 0, undefined) });
    }
    const starts: unknown[] = [];
    while (queue.size > 0) starts.push(queue.dequeue());
    expect(starts).toEqual([start, start]);
    expect(fair.queued).toBe(2);
    expect(queue.dequeue()).toBeUndefined();
    fair.release(fair.lane("capped"));
    expect(queue.size).toBe(1);
  });

  it("refuses what the scheduler does not use", () => {
    const queue = new AdmissionQueue(new FairQueue(1));
    expect(() => queue.enqueue(start)).toThrow("without a job");
    expect(() => queue.remove()).toThrow("remove");
    expect(() => queue.setPriority()).toThrow("setPriority");
    expect(() => queue.filter()).toThrow("filter");
  });
});

describe("ten thousand functions", () => {
  it("leave nothing behind once they are idle", () => {
    const fair = new FairQueue(1_000);
    const jobs = Array.from({ length: 10_000 }, (_, index) => new Job(fair.lane(`f${index}`), 0, undefined));
    for (const job of jobs) fair.enqueue(job);
    for (let job = fair.dequeue(); job; job = fair.dequeue()) fair.release(job.lane);
    expect([...fair.lanes()]).toEqual([]);
    expect(fair).toMatchObject({ running: 0, queued: 0, startable: 0 });
  });

  it("keep only what is reserved", () => {
    const fair = new FairQueue(1_000);
    fair.setReserved("kept", 5);
    fair.remove(enqueued(fair, "removed"));
    fair.forget(fair.lane("refused"));
    expect([...fair.lanes()].map((lane) => lane.functionName)).toEqual(["kept"]);
    fair.setReserved("kept", undefined);
    expect([...fair.lanes()]).toEqual([]);
  });
});

function enqueued(fair: FairQueue, functionName: string): Job {
  const job = new Job(fair.lane(functionName), 0, undefined);
  fair.enqueue(job);
  return job;
}
