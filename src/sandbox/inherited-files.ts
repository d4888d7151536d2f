import { openSync, readdirSync, readFileSync } from "node:fs";

/** Highest descriptor that is looked after. */
const LAST_FILE = 4_095;

const CLOSE_ON_EXEC = 0o2000000;

/**
 * What stands in the descriptors, from `first` on, that any program this process starts would inherit: nothing, by way of
 * the null device. Node opens its own files so that they are closed then, and sees to those it was started with up to the
 * first gap; what lies beyond, its own parent has left to it and to all its children. Linux only, elsewhere none is known.
 *
 * To be appended to the `stdio` of a child.
 */
export function nothingFrom(first: number): readonly ("ignore" | number)[] {
  found ??= inherited();
  const last = found.at(-1) ?? -1;
  if (last < first) return [];
  nullFile ??= openSync("/dev/null", "r");
  const given: ("ignore" | number)[] = [];
  for (let file = first; file <= last; file++) given.push(found.includes(file) ? nullFile : "ignore");
  return given;
}

/** They were there when the process began, and don't change. */
let found: readonly number[] | undefined;
let nullFile: number | undefined;

function inherited(): readonly number[] {
  try {
    const files = readdirSync("/proc/self/fd").map(Number);
    return files.filter((file) => file <= LAST_FILE && isInherited(file)).sort((one, other) => one - other);
  } catch {
    return [];
  }
}

function isInherited(file: number): boolean {
  try {
    const [, flags = "0"] =
      /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, "latin1")) ?? [];
    return (parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false;
  }
}
