import { createError, type Node, Superblock } from "@jsonjoy.com/fs-core";

/** Most bytes of all files that a function writes, as on Lambda unless it is given more. */
const DISK_LIMIT_BYTES: number = 512 * 1024 * 1024;

/** First number of a file that is opened, after the three that every process has. */
const FIRST_DESCRIPTOR = 3;

/** An error of the file system's that says more than its code does. */
function refusal(code: string, call: string, path: string, why: string): Error {
  const error = createError(code, call, path);
  error.message += `: ${why}`;
  return error;
}

/** A file system in memory, of limited size. */
export class Disk extends Superblock {
  /** What there was when it was last counted, and what was written since: files that are gone count until the next time. */
  #noted = 0;
  constructor(process: Superblock["process"]) {
    super({ process });
    let next = FIRST_DESCRIPTOR;
    Object.defineProperty(this, "newFdNumber", { value: () => this.releasedFds.pop() ?? next++ });
  }

  override createNode(mode: number): Node {
    const node = super.createNode(mode);
    // The first one is made by the constructor above, and is the root.
    if (#noted in this) this.#watch(node);
    return node;
  }

  #watch(node: Node): void {
    const write = node.write.bind(node);
    const truncate = node.truncate.bind(node);
    node.write = (bytes, offset = 0, length = bytes.length, position = 0) => {
      this.#take(node, position + Math.min(length, bytes.length - offset));
      return withinMemory(() => write(bytes, offset, length, position));
    };
    node.truncate = (length = 0) => {
      this.#take(node, length);
      withinMemory(() => truncate(length));
    };
  }

  #take(node: Node, sizeBytes: number): void {
    const more = sizeBytes - node.getSize();
    if (more <= 0) return;
    if (this.#noted + more > DISK_LIMIT_BYTES) this.#noted = this.#count();
    if (this.#noted + more > DISK_LIMIT_BYTES) {
      throw refusal("ENOSPC", "write", "", `/tmp holds at most ${DISK_LIMIT_BYTES} bytes (512 MB)`);
    }
    this.#noted += more;
  }

  #count(): number {
    const nodes = new Set(Object.values(this.fds).map(({ node }) => node));
    collect(this.root, nodes);
    return [...nodes].reduce((sizeBytes, node) => sizeBytes + node.getSize(), 0);
  }
}

/** Files are in the environment's memory, which may be smaller than the disk. */
function withinMemory<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refusal(
      "ENOSPC",
      "write",
      "",
      "files are kept in memory, of which the function's memoryMb leaves too little",
    );
  }
}

function collect(link: Superblock["root"], into: Set<Node>): void {
  for (const [name, child] of link.children) {
    if (name === "." || name === ".." || !child || "isLazy" in child) continue;
    into.add(child.getNode());
    collect(child, into);
  }
}
