/** `node:worker_threads`: the one thread a function has. */
import EventEmitter from "node:events";
import { lazily } from "./shared/lazy.ts";
import { notAvailable } from "./shared/errors.ts";
import { refuse } from "./shared/refuse.ts";

const WHY = "a function has one thread; invoke another function instead.";

class Worker extends EventEmitter {
  constructor() {
    super();
    throw notAvailable("worker_threads.Worker", WHY, "ERR_ACCESS_DENIED");
  }
}

const globalOf = (name: string) => (): unknown => Reflect.get(globalThis, name);

export function create(): object {
  const data = new Map<unknown, unknown>();
  const uncloneable = new WeakSet();
  const exports = {
    isInternalThread: false,
    isMainThread: true,
    markAsUncloneable: (value: unknown) => {
      if (typeof value === "object" && value !== null) uncloneable.add(value);
    },
    markAsUntransferable: (value: unknown) => {
      if (typeof value === "object" && value !== null) uncloneable.add(value);
    },
    isMarkedAsUntransferable: (value: unknown) =>
      typeof value === "object" && value !== null && uncloneable.has(value),
    moveMessagePortToContext: refuse("worker_threads", "moveMessagePortToContext", "there is one context."),
    receiveMessageOnPort: refuse(
      "worker_threads",
      "receiveMessageOnPort",
      "messages of ports come as events.",
      "ERR_NOT_AVAILABLE",
    ),
    resourceLimits: {},
    postMessageToThread: refuse("worker_threads", "postMessageToThread", WHY),
    threadId: 0,
    threadName: "",
    SHARE_ENV: Symbol.for("nodejs.worker_threads.SHARE_ENV"),
    Worker,
    parentPort: null,
    workerData: null,
    setEnvironmentData: (key: unknown, value: unknown) => {
      if (value === undefined) data.delete(key);
      else data.set(key, value);
    },
    getEnvironmentData: (key: unknown) => data.get(key),
    locks: undefined,
  };
  return lazily(exports, {
    MessagePort: globalOf("MessagePort"),
    MessageChannel: globalOf("MessageChannel"),
    BroadcastChannel: globalOf("BroadcastChannel"),
  });
}
