import { Volume } from "@jsonjoy.com/fs-node";
import { addDevices } from "./devices.ts";
import { Disk } from "./disk.ts";
import { DeniedLink, ReadOnlyLink, TaskLink } from "./read-only.ts";
import { type Asker, taskFiles } from "./task-files.ts";

/** The file system of an environment: an empty `/tmp` to write to, if it is granted, the function's own files, and devices. */
export function makeVolume(calls: Asker, hasTemporary: boolean): Volume {
  const disk = new Disk(process);
  const files = taskFiles(calls);
  const root = disk.root;
  const folder = (parent: typeof root, name: string): ReadOnlyLink => new ReadOnlyLink(disk, parent, name);

  if (hasTemporary) disk.mkdir("/tmp", 0o777);
  const variable = folder(root, "var");
  variable.adopt(new TaskLink(disk, variable, "task", "directory", files));
  for (const name of ["runtime", "lang"]) variable.adopt(folder(variable, name));
  const devices = folder(root, "dev");
  addDevices(disk, devices);
  const denied = hasTemporary ? [] : [new DeniedLink(disk, root, "tmp")];
  for (const link of [variable, devices, ...denied, new TaskLink(disk, root, "opt", "directory", files)]) {
    root.children.set(link.name, link);
    root.length++;
  }
  close(disk);
  return new Volume(disk);
}

/** Nothing can be put beside the folders at the root, as on Lambda. */
function close(disk: Disk): void {
  const closed = new ReadOnlyLink(disk, disk.root, "");
  const { createChild, deleteChild } = ReadOnlyLink.prototype;
  Object.assign(disk.root, { createChild, deleteChild });
  closed.getNode().nlink = disk.root.getNode().nlink;
  disk.root.setNode(closed.getNode());
}
