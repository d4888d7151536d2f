import { constants } from "@jsonjoy.com/fs-node-utils";
import { createError, Link, Node, type Superblock } from "@jsonjoy.com/fs-core";

/** What a file of the function's is, as the cell says it. */
type Kind = "file" | "directory" | "link";

/** Gives the function's files and its layers', by their absolute paths. */
export interface TaskFiles {
  /** Names in a folder, with what they are. */
  list(path: string): readonly (readonly [name: string, kind: Kind])[];
  stat(path: string): { readonly sizeBytes: number; readonly target?: string } | undefined;
  /** A file's bytes. */
  read(path: string): Uint8Array;
}

/** What artifacts' files have on Lambda, so that copies of them can be written; here nothing can, whatever the mode. */
const MODES: Readonly<Record<Kind, number>> = {
  file: constants.S_IFREG | 0o755,
  directory: constants.S_IFDIR | 0o755,
  link: constants.S_IFLNK | 0o777,
};

/** When the files are from: Lambda's artifacts have no times of their own. */
const MADE = new Date(0);

/** A file or folder that can't be written, with what was tried in the error. */
class ReadOnlyNode extends Node {
  readonly #path: string;

  constructor(ino: number, mode: number, path: string) {
    super(ino, mode);
    this.#path = path;
    this.mtime = this.ctime = this.btime = this.atime = MADE;
  }

  override canWrite(): boolean {
    throw createError("EROFS", "open", this.#path);
  }

  override write(): number {
    throw createError("EROFS", "write", this.#path);
  }

  override truncate(): void {
    throw createError("EROFS", "truncate", this.#path);
  }

  override chmod(): void {
    throw createError("EROFS", "chmod", this.#path);
  }

  override chown(): void {
    throw createError("EROFS", "chown", this.#path);
  }
}

/** Where nothing can be put, and nothing taken from: the folders above `/tmp`, and the function's own. */
export class ReadOnlyLink extends Link {
  constructor(disk: Superblock, parent: Link, name: string, kind: Kind = "directory") {
    super(disk, parent, name);
    const path = this.getPath();
    this.setNode(new ReadOnlyNode(disk.createNode(MODES[kind]).ino, MODES[kind], path));
    if (kind !== "directory") return;
    this.children.set(".", this).set("..", parent);
  }

  /** Puts a link into it, as the runtime may. */
  adopt(link: Link): void {
    this.children.set(link.name, link);
    this.length++;
  }

  override createChild(name: string): Link {
    throw createError("EROFS", "open", `${this.getPath()}/${name}`);
  }

  override deleteChild(link: Link): void {
    throw createError("EROFS", "unlink", link.getPath());
  }
}

/** The `/tmp` of a function that is granted none. */
export class DeniedLink extends ReadOnlyLink {
  constructor(disk: Superblock, parent: Link, name: string) {
    super(disk, parent, name);
    this.getNode().canWrite = () => this.#deny();
  }

  override createChild(): Link {
    return this.#deny();
  }

  #deny(): never {
    const error = createError("EACCES", "open", this.getPath());
    error.message += ": grant it with permissions: { fs: true }";
    throw error;
  }
}

/** A file or folder of the function's own, which the cell is asked for when it is looked at. */
export class TaskLink extends ReadOnlyLink {
  /** What can't have been written need not be counted, and so need not be asked for. */
  readonly isLazy = true;

  constructor(disk: Superblock, parent: Link, name: string, kind: Kind, files: TaskFiles) {
    super(disk, parent, name, kind);
    if (kind === "directory") listLater(this, disk, files);
    else readLater(this.getNode(), this.getPath(), files);
  }
}

function listLater(link: TaskLink, disk: Superblock, files: TaskFiles): void {
  const { children } = link;
  let isListed = false;
  const listed = (): void => {
    if (isListed) return;
    isListed = true;
    for (const [name, kind] of files.list(link.getPath())) {
      children.set(name, new TaskLink(disk, link, name, kind, files));
    }
    link.length = children.size - 2;
  };
  Object.defineProperty(link, "children", {
    get: () => {
      listed();
      return children;
    },
  });
}

/** Its size and where it leads are asked for when they are wanted, and its bytes when it is read. */
function readLater(node: Node, path: string, files: TaskFiles): void {
  let stat: ReturnType<TaskFiles["stat"]>;
  let bytes: Uint8Array | undefined;
  const statOnce = (): ReturnType<TaskFiles["stat"]> => (stat ??= files.stat(path));
  Object.defineProperties(node, {
    size: { get: () => statOnce()?.sizeBytes ?? 0 },
    capacity: { get: () => statOnce()?.sizeBytes ?? 0 },
    symlink: { get: () => statOnce()?.target },
    buf: { get: () => (bytes ??= files.read(path)) },
  });
}
