import { invalidArgType, invalidArgValue, nodeError, outOfRange } from "../shared/errors.ts";
import { requireInteger, requireNumber, requireString } from "../shared/validate.ts";

/** What `process` of the runtime's core asks when an argument isn't plainly right: each throws as Node does, or gives what is meant. */
export const checks = {
  /** What `exitCode` and `exit` are given, if it isn't an integer. */
  checkedExitCode(code: unknown): unknown {
    if (code === undefined || code === null) return code;
    const value = typeof code === "string" && code !== "" ? Number(code) : code;
    if (typeof value === "number" && Number.isNaN(value)) throw invalidArgType("code", "number", code);
    requireInteger(value, "code");
    return value;
  },
  refuseEnv(descriptor: PropertyDescriptor): never {
    const isAccessor = descriptor.get !== undefined || descriptor.set !== undefined;
    throw nodeError(
      TypeError,
      "ERR_INVALID_OBJECT_DEFINE_PROPERTY",
      isAccessor
        ? "'process.env' does not accept an accessor(getter/setter) descriptor"
        : "'process.env' only accepts a configurable, writable, and enumerable data descriptor",
      checks.refuseEnv,
    );
  },
  checkTime(time: unknown): void {
    if (!Array.isArray(time)) throw invalidArgType("time", "Array", time);
    if (time.length !== 2) throw outOfRange("time", "2", time.length);
  },
  checkWarning(warning: unknown, type: unknown): void {
    if (typeof warning !== "string" && !(warning instanceof Error))
      throw invalidArgType("warning", ["string", "Error"], warning);
    if (type !== undefined && typeof type !== "object" && typeof type !== "function")
      requireString(type, "type");
  },
};

/** A mask of file modes as `process.umask` takes it. */
export function maskOf(mask: unknown): number {
  if (typeof mask !== "string") {
    requireInteger(mask, "mask", 0, 2 ** 32 - 1);
    return mask;
  }
  if (/^[0-7]+$/.test(mask)) return Number.parseInt(mask, 8);
  throw invalidArgValue("mask", mask, "must be a 32-bit unsigned integer or an octal string.".slice(0, -1));
}

/** What `cpuUsage` gave before. */
export function checkUsage(before: unknown): void {
  if (before === undefined) return;
  if (typeof before !== "object" || before === null) throw invalidArgType("prevValue", "object", before);
  for (const name of ["user", "system"] as const) {
    const value = (before as Readonly<Record<string, unknown>>)[name];
    requireNumber(value, `prevValue.${name}`);
    if (value >= 0) continue;
    const message = `The property 'prevValue.${name}' is invalid. Received ${value}`;
    throw nodeError(RangeError, "ERR_INVALID_ARG_VALUE", message, checkUsage);
  }
}
