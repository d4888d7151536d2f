import { ToHost } from "../cell/protocol.ts";
import type { CellMessage, CompiledMessage, PongMessage, ReadyMessage } from "../cell/protocol.ts";
import type { EnvironmentListener } from "./listener.ts";

/** What a cell says of one environment. */
export type EnvironmentMessage = Exclude<CellMessage, ReadyMessage | CompiledMessage | PongMessage>;

/** Tells an environment's owner what its cell says of it. */
export function tell(listener: EnvironmentListener, message: EnvironmentMessage): void {
  switch (message[0]) {
    case ToHost.Done:
      return listener.done(message[2], {
        outcome: message[3],
        text: message[4],
        durationMs: message[5],
        cpuMs: message[6],
        heapBytes: message[7],
        waited: message[8],
        kill: message[9],
      });
    case ToHost.Log:
      return listener.log(message[2], message[3], message[4], message[5]);
    case ToHost.Call:
      return listener.calls.open(message[2], message[3]);
    case ToHost.CallMore:
      return listener.calls.more(message[2], message[3]);
    case ToHost.CallEnd:
      return listener.calls.end(message[2]);
    case ToHost.Initialized:
      return listener.initialized(message[2], message[3], message[4]);
    case ToHost.InitFailed:
      return listener.initFailed(message[2], message[3], message[4], message[5], message[6]);
    case ToHost.Ended:
      return listener.ended(message[2], message[3]);
    case ToHost.Inspected:
      return listener.debug?.heard(message[2], message[3]);
    case ToHost.Listens:
      return listener.listens();
    case ToHost.Returned:
      return listener.returned(message[2]);
  }
}
