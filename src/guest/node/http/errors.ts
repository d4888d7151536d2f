/** An error as Node's: with a `code`, and the name `TypeError [CODE]` nowhere but in its stack. */
export function withCode<E extends Error>(code: string, error: E): E & { code: string } {
  return Object.assign(error, { code });
}

export function invalidArgument(name: string, expected: string, value: unknown): TypeError {
  const received = value === null ? "null" : typeof value;
  const message = `The "${name}" argument must be ${expected}. Received ${received}`;
  return withCode("ERR_INVALID_ARG_TYPE", new TypeError(message));
}

export function headersSent(verb: string): Error {
  return withCode(
    "ERR_HTTP_HEADERS_SENT",
    new Error(`Cannot ${verb} headers after they are sent to the client`),
  );
}

export function connectionReset(message: string): Error {
  return withCode("ECONNRESET", new Error(message));
}

/** What a function's runtime doesn't have. */
export function notHere(what: string, instead: string): Error {
  return withCode(
    "ERR_METHOD_NOT_IMPLEMENTED",
    new Error(`${what} is not available in a function: ${instead}`),
  );
}
