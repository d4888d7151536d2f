/** Errors of sockets, as Node makes them of what its system says. */
import { nodeError, notAvailable } from "../shared/errors.ts";

/** What the host tells of an error. */
export interface ErrorFields {
  readonly message: string;
  readonly code?: string;
  readonly errors?: readonly ErrorFields[];
  readonly [field: string]: unknown;
}

export function socketError({ message, errors, ...fields }: ErrorFields): Error {
  const error = errors ? new AggregateError(errors.map(socketError), message) : new Error(message);
  if (String(fields.code).startsWith("ERR_TLS"))
    return withFields(nodeError(Error, fields.code ?? "", message), fields);
  return withFields(error, fields);
}

function withFields(error: Error, fields: object): Error {
  return Object.assign(error, fields);
}

export function closedError(isBeforeConnection: boolean): Error {
  return isBeforeConnection
    ? nodeError(
        Error,
        "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
        "Socket closed before the connection was established",
      )
    : nodeError(Error, "ERR_SOCKET_CLOSED", "Socket is closed");
}

export function refusedPath(path: unknown): Error {
  const why = "functions reach no Unix sockets or pipes; name a host and a port.";
  return refusedOption("net.connect to", String(path), why);
}

/** A socket whose connection TLS has taken. */
export function takenError(): Error {
  const message = "The socket's connection is in TLS: write to the TLS socket.";
  return nodeError(Error, "ERR_INVALID_STATE", message);
}

/** What no function has: Unix sockets, sockets made of file descriptors. */
export function refusedOption(name: string, what: string, why: string): Error {
  const error = notAvailable(`${name} ${what}`, why, "ERR_ACCESS_DENIED");
  return Object.assign(error, { syscall: "connect", permission: "Net", resource: what });
}
