/** `node:child_process`. */
import EventEmitter from "node:events";
import { refuseAll } from "./shared/refuse.ts";

const WHY = "functions can't start processes.";

class ChildProcess extends EventEmitter {
  readonly pid: undefined;
  readonly connected: boolean = false;
  readonly killed: boolean = false;
  readonly exitCode: null = null;

  kill(): boolean {
    return false;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
Object.assign(ChildProcess.prototype, refuseAll("child_process", ["spawn", "send", "disconnect"], WHY));

export function create(): object {
  return {
    _forkChild: undefined,
    ChildProcess,
    ...refuseAll(
      "child_process",
      ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"],
      WHY,
    ),
  };
}
