/** A request as undici's functions ask for it. */
export interface DispatchOptions {
  readonly origin?: unknown;
  readonly path?: unknown;
  readonly method?: unknown;
  readonly headers?: unknown;
  readonly query?: Readonly<Record<string, unknown>> | null;
  readonly body?: unknown;
  readonly upgrade?: unknown;
  readonly maxRedirections?: unknown;
}

export type HeaderPair = readonly [name: string, value: string];

/** @throws as undici, an `InvalidArgumentError` */
export function readOptions(options: DispatchOptions): {
  origin: string;
  path: string;
  method: string;
  headers: HeaderPair[];
} {
  const { origin, path, method, headers, query, upgrade, maxRedirections } = options;
  if (typeof path !== "string") throw invalid("path must be a string");
  if (typeof method !== "string") throw invalid("method must be a string");
  if (upgrade || method === "CONNECT") {
    throw unsupported(
      "Connections can't be upgraded nor tunnelled: functions have requests and responses only.",
    );
  }
  if (maxRedirections) throw unsupported("maxRedirections is not supported: use the redirect interceptor.");
  const asked = path.startsWith("http") ? path : originOf(origin) + path;
  const { origin: found, pathname, search } = new URL(asked);
  const given = queryOf(query);
  if (given !== "" && search !== "")
    throw invalid('Query params cannot be passed when url already contains "?" or "#".');
  return {
    origin: found,
    path: pathname + (given === "" ? search : `?${given}`),
    method,
    headers: readHeaders(headers),
  };
}

function originOf(origin: unknown): string {
  if (typeof origin === "string" || origin instanceof URL) return new URL(String(origin)).origin;
  throw invalid("opts.origin must be a non-empty string or URL.");
}

function queryOf(query: DispatchOptions["query"]): string {
  return Object.entries(query ?? {})
    .flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const))
    .map(
      ([name, value]) =>
        `${encodeURIComponent(name)}=${value === null || value === undefined ? "" : encodeURIComponent(textOf(value))}`,
    )
    .join("&");
}

/** Of pairs, of names and values in turns, or of an object. */
function readHeaders(given: unknown): HeaderPair[] {
  if (given === undefined || given === null) return [];
  if (typeof given !== "object") throw invalid("headers must be an object or an array");
  const pairs: [unknown, unknown][] = [];
  if (Array.isArray(given) && !Array.isArray(given[0])) {
    for (let at = 0; at + 1 < given.length; at += 2) pairs.push([given[at], given[at + 1]]);
  } else if (Symbol.iterator in given) pairs.push(...(given as Iterable<[unknown, unknown]>));
  else pairs.push(...Object.entries(given));
  return pairs.flatMap(([name, values]) =>
    [values]
      .flat()
      .filter((value) => value !== undefined && value !== null)
      .map((value) => [textOf(name), textOf(value)] as const),
  );
}

/** Whatever it is, by its own `toString`. */
function textOf(value: unknown): string {
  return String(value);
}

function invalid(message: string): Error {
  return Object.assign(new Error(message), { name: "InvalidArgumentError", code: "UND_ERR_INVALID_ARG" });
}

function unsupported(message: string): Error {
  return Object.assign(new Error(message), { name: "NotSupportedError", code: "UND_ERR_NOT_SUPPORTED" });
}
