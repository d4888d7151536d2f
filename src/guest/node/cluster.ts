/** `node:cluster`: the primary, which has no workers. */
import EventEmitter from "node:events";
import { refuse } from "./shared/refuse.ts";

export function create(): object {
  const cluster = new EventEmitter();
  return Object.assign(cluster, {
    isWorker: false,
    isMaster: true,
    isPrimary: true,
    Worker: class Worker extends EventEmitter {},
    workers: {},
    settings: {},
    SCHED_NONE: 1,
    SCHED_RR: 2,
    schedulingPolicy: 2,
    setupPrimary: () => undefined,
    setupMaster: () => undefined,
    fork: refuse("cluster", "fork", "functions can't start processes."),
    disconnect: (done?: () => void) => {
      if (done) process.nextTick(done);
    },
  });
}
