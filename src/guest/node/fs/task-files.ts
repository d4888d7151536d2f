import { Buffer } from "node:buffer";
import type { TaskFiles } from "./read-only.ts";

/** The runtime's way to the cell. */
export interface Asker {
  ask(operation: string, argument: string): string;
}

/** The function's own files, by the cell's service `task` (`cell/services/task.ts`). */
export function taskFiles(calls: Asker): TaskFiles {
  return {
    list: (path) => JSON.parse(calls.ask("task.list", path)) as ReturnType<TaskFiles["list"]>,
    stat(path) {
      const answer = calls.ask("task.stat", path);
      return answer === "" ? undefined : (JSON.parse(answer) as ReturnType<TaskFiles["stat"]>);
    },
    read: (path) => Buffer.from(calls.ask("task.read", path), "latin1"),
  };
}
