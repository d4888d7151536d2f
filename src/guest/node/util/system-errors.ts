/** System errors by number, for `node:util`. */
import { invalidArgType, outOfRange } from "../shared/errors.ts";
import { SYSTEM_ERRORS } from "../shared/system-errors.ts";

function check(errno: unknown): asserts errno is number {
  if (typeof errno !== "number") throw invalidArgType("err", "number", errno);
  if (errno >= 0 || !Number.isSafeInteger(errno)) throw outOfRange("err", "a negative integer", errno);
}

function nameOf(errno: number): string {
  return SYSTEM_ERRORS.find(([number]) => number === errno)?.[1] ?? `Unknown system error ${errno}`;
}

export function getSystemErrorName(errno: unknown): string {
  check(errno);
  return nameOf(errno);
}

export function getSystemErrorMessage(errno: unknown): string {
  check(errno);
  return SYSTEM_ERRORS.find(([number]) => number === errno)?.[2] ?? `Unknown system error ${errno}`;
}

export function getSystemErrorMap(): Map<number, [string, string]> {
  return new Map(SYSTEM_ERRORS.map(([errno, name, message]) => [errno, [name, message]]));
}

interface SystemError extends Error {
  errno?: number;
  code?: string;
  syscall?: string;
  address?: string;
  port?: number;
}

export function errnoException(errno: unknown, syscall: string, original?: string): Error {
  check(errno);
  const code = nameOf(errno);
  const message = original ? `${syscall} ${code} ${original}` : `${syscall} ${code}`;
  return Object.assign<Error, Partial<SystemError>>(new Error(message), { errno, code, syscall });
}

export function exceptionWithHostPort(
  errno: unknown,
  syscall: string,
  address: string,
  port?: number,
  additional?: string,
): Error {
  check(errno);
  const code = nameOf(errno);
  const place = port !== undefined && port > 0 ? `${address}:${port}` : address;
  const more = additional ? ` - Local (${additional})` : "";
  const error = Object.assign<Error, Partial<SystemError>>(new Error(`${syscall} ${code} ${place}${more}`), {
    errno,
    code,
    syscall,
    address,
  });
  return port === undefined ? error : Object.assign(error, { port });
}
