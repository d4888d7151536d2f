import { posix } from "node:path";
import type { EnvironmentCode } from "../modules/environment-code.ts";
import { checkPath } from "../modules/path-limit.ts";
import { ServiceError } from "./service.ts";
import type { Service } from "./service.ts";

/** What a path is, as JSON that the guest reads; `undefined` as an empty text. */
interface TaskStat {
  readonly kind: "file" | "directory" | "link";
  readonly sizeBytes: number;
  /** Where a link leads, an absolute path. */
  readonly target?: string;
}

/**
 * The function's own files and its layers', read-only, for `fs`. `stat`: the path itself, links not followed, as JSON of a
 * {@link TaskStat}, or nothing. `real`: the path with all links followed. `list`: JSON of the names in a folder, each with
 * what it is. `read`: a file's bytes, one character each. Links in the last two are followed.
 */
export function taskService({ version }: Pick<EnvironmentCode, "version">): Service {
  const { filename, source } = version.definition;
  /** Code that is no artifact is one file of its own. */
  const isOwn = (path: string): boolean => path === filename && !version.modules.files.kind(path);

  return {
    ask(verb, path) {
      const { files } = version.modules;
      checkPath(path);
      switch (verb) {
        case "stat":
          return statText(path);
        case "real":
          return files.realPath(path);
        case "list":
          return JSON.stringify(listOf(path));
        case "read": {
          const bytes = isOwn(path) ? Buffer.from(source) : files.bytes(path);
          if (bytes) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
          throw new ServiceError("Error", `ENOENT: no such file or directory, open '${path}'`, "ENOENT");
        }
        default:
          throw new ServiceError(
            "Error",
            `This runtime has no operation task.${verb}.`,
            "ERR_METHOD_NOT_IMPLEMENTED",
          );
      }
    },
  };

  function listOf(path: string): (readonly [name: string, kind: string])[] {
    const { dir, base } = posix.parse(filename);
    const own = path === dir && isOwn(filename) ? [[base, "file"] as const] : [];
    return [...version.modules.files.list(path), ...own];
  }

  function statText(path: string): string {
    const stat = statOf(path);
    return stat ? JSON.stringify(stat) : "";
  }

  function statOf(path: string): TaskStat | undefined {
    const { files } = version.modules;
    if (isOwn(path)) return { kind: "file", sizeBytes: Buffer.byteLength(source) };
    const target = files.linkTarget(path);
    if (target !== undefined) return { kind: "link", sizeBytes: target.length, target };
    const kind = files.kind(path);
    return kind && { kind, sizeBytes: files.sizeBytes(path) ?? 0 };
  }
}
