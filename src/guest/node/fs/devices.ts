import { Buffer } from "node:buffer";
import { constants } from "@jsonjoy.com/fs-node-utils";
import { File, Link, Node, type Superblock } from "@jsonjoy.com/fs-core";
import type { ReadOnlyLink } from "./read-only.ts";

type Write = (bytes: Buffer) => void;

/** A character device: nothing comes of it, and what is written goes to `write`. */
class DeviceNode extends Node {
  readonly #write: Write;

  constructor(ino: number, write: Write) {
    super(ino, constants.S_IFCHR | 0o666);
    this.#write = write;
  }

  override write(bytes: Buffer, offset = 0, length: number = bytes.length): number {
    const written = Math.min(length, bytes.length - offset);
    if (written > 0) this.#write(Buffer.from(bytes.subarray(offset, offset + written)));
    return Math.max(0, written);
  }

  override read(): number {
    return 0;
  }

  override truncate(): void {
    // There is nothing in it.
  }
}

/** `/dev/null`, and the three standard streams as `/dev/stdout` and by their numbers. */
export function addDevices(disk: Superblock, folder: ReadOnlyLink): void {
  const add = (name: string, write: Write): DeviceNode => {
    const link = new Link(disk, folder, name);
    const node = new DeviceNode(disk.createNode(constants.S_IFCHR).ino, write);
    link.setNode(node);
    folder.adopt(link);
    return node;
  };
  const ignore: Write = () => undefined;
  add("null", ignore);
  const streams = [
    add("stdin", ignore),
    add("stdout", (bytes) => void process.stdout.write(bytes)),
    add("stderr", (bytes) => void process.stderr.write(bytes)),
  ];
  streams.forEach((node, number) => {
    const link = folder.getChild(["stdin", "stdout", "stderr"][number] ?? "");
    if (link) disk.fds[number] = new File(link, node, constants.O_RDWR, number);
  });
}
