/** `node:inspector`: a function doesn't debug itself. */
import EventEmitter from "node:events";
import { notAvailable } from "./shared/errors.ts";
import { refuse, refuseAll } from "./shared/refuse.ts";

const WHY = "a function can't debug itself; the host attaches a debugger to it.";

class Session extends EventEmitter {
  connect(): never {
    throw notAvailable("inspector.Session.connect", WHY, "ERR_ACCESS_DENIED");
  }

  connectToMainThread(): never {
    throw notAvailable("inspector.Session.connectToMainThread", WHY, "ERR_ACCESS_DENIED");
  }

  post(): never {
    throw notAvailable("inspector.Session.post", WHY, "ERR_INSPECTOR_NOT_CONNECTED");
  }

  disconnect(): void {
    // Never connected.
  }
}

const ignore = (): undefined => undefined;

export function create(): object {
  return {
    ...refuseAll("inspector", ["open", "waitForDebugger"], WHY),
    close: ignore,
    url: ignore,
    console,
    Session,
    Network: {
      requestWillBeSent: ignore,
      responseReceived: ignore,
      loadingFinished: ignore,
      loadingFailed: ignore,
      dataReceived: ignore,
      dataSent: ignore,
    },
    NetworkResources: { put: refuse("inspector", "NetworkResources.put", WHY) },
    DOMStorage: {},
  };
}
