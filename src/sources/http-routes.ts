import { describeValue } from "../base/errors.ts";
import { functionOption, invalidSource } from "./checks.ts";

const METHODS = new Set(["ANY", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"]);
const DEFAULT_ROUTE = "$default";
const PARAMETER = /^\{([A-Za-z0-9._:-]+)(\+?)\}$/;

/** How responses of functions reach the client, as Lambda's function URLs name it. */
export type InvokeMode = "BUFFERED" | "RESPONSE_STREAM";

/** A route's function, and how its responses reach the client. */
export interface HttpRoute {
  readonly function: string;
  /**
   * `"BUFFERED"` sends a response when it is whole; `"RESPONSE_STREAM"` as the handler writes it, where that streams.
   * Default: as it comes of a default export's `fetch`, else whole.
   */
  readonly invokeMode?: InvokeMode;
}

type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "greedy"; readonly name: string };

/** How specific a segment is: the lower goes first. */
const RANK: Readonly<Record<Segment["kind"], number>> = { literal: 0, parameter: 1, greedy: 2 };

interface Route {
  readonly routeKey: string;
  readonly target: HttpRoute;
  readonly method: string;
  readonly segments: readonly Segment[];
}

/** The route of a request. */
export interface RouteMatch {
  readonly routeKey: string;
  readonly target: HttpRoute;
  /** Decoded path parameters; absent when the route has none. */
  readonly pathParameters?: Record<string, string>;
}

/**
 * The routes of an HTTP API, most specific first: a path's literals before its parameters before a greedy one, and on
 * the same path the request's own method before `ANY`; `$default` takes what is left.
 */
export class RouteTable {
  readonly #routes: readonly Route[];
  readonly #fallback: RouteMatch | undefined;

  /** Throws a `SourceError` for a route key that API Gateway wouldn't take, and for two keys of one meaning. */
  constructor(routes: Readonly<Record<string, string | HttpRoute>>) {
    const keys = Object.keys(routes);
    if (keys.length === 0)
      throw invalidSource(`http source: routes is empty; give at least one, such as { $default: "fn" }.`);
    const parsed = keys.filter((key) => key !== DEFAULT_ROUTE).map((key) => parseRoute(key, routes[key]));
    this.#routes = parsed.toSorted(bySpecificity);
    refuseTwins(this.#routes);
    this.#fallback = Object.hasOwn(routes, DEFAULT_ROUTE)
      ? {
          routeKey: DEFAULT_ROUTE,
          target: targetOption("http source: route $default", routes[DEFAULT_ROUTE]),
        }
      : undefined;
  }

  /** The route of a request whose path was split at `/` and decoded, or nothing. */
  match(method: string, path: readonly string[]): RouteMatch | undefined {
    for (const route of this.#routes) {
      if (route.method !== "ANY" && route.method !== method) continue;
      const found = matchPath(route.segments, path);
      if (!found) continue;
      const { routeKey, target } = route;
      return found.length === 0
        ? { routeKey, target }
        : { routeKey, target, pathParameters: Object.fromEntries(found) };
    }
    return this.#fallback;
  }
}

function parseRoute(routeKey: string, target: unknown): Route {
  const subject = `http source: route ${describeValue(routeKey)}`;
  const [method, path, ...rest] = routeKey.split(" ");
  if (method === undefined || !METHODS.has(method) || path === undefined || rest.length > 0) {
    throw invalidSource(
      `${subject} is malformed; allowed: "METHOD /path" with one of ${[...METHODS].join(", ")}, or "$default".`,
    );
  }
  if (!path.startsWith("/")) throw invalidSource(`${subject}: the path must begin with "/".`);
  const segments = path
    .slice(1)
    .split("/")
    .map((text) => parseSegment(subject, text));
  const names = segments.flatMap((segment) => (segment.kind === "literal" ? [] : [segment.name]));
  if (new Set(names).size < names.length) throw invalidSource(`${subject} names a path parameter twice.`);
  if (segments.slice(0, -1).some((segment) => segment.kind === "greedy")) {
    throw invalidSource(`${subject}: a greedy parameter such as {proxy+} must be the last segment.`);
  }
  return { routeKey, target: targetOption(subject, target), method, segments };
}

function targetOption(subject: string, given: unknown): HttpRoute {
  if (typeof given !== "object" || given === null) return { function: functionOption(subject, given) };
  const { function: name, invokeMode, ...rest } = given as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw invalidSource(
      `${subject}: ${describeValue(unknown)} is no setting; allowed: function and invokeMode.`,
    );
  const target = { function: functionOption(subject, name) };
  if (invokeMode === undefined) return target;
  if (invokeMode === "BUFFERED" || invokeMode === "RESPONSE_STREAM") return { ...target, invokeMode };
  throw invalidSource(
    `${subject}: invokeMode is ${describeValue(invokeMode)}; allowed: "BUFFERED" and "RESPONSE_STREAM".`,
  );
}

function parseSegment(subject: string, text: string): Segment {
  const [, name, plus] = PARAMETER.exec(text) ?? [];
  if (name !== undefined) return { kind: plus === "+" ? "greedy" : "parameter", name };
  if (text.includes("{") || text.includes("}")) {
    throw invalidSource(
      `${subject}: segment ${describeValue(text)} is malformed; allowed: text, {name} or {name+}.`,
    );
  }
  return { kind: "literal", text };
}

/** Of two routes that both match a path, one is more specific at the first segment where their kinds differ; lengths needn't be looked at. */
function bySpecificity(a: Route, b: Route): number {
  for (let i = 0; i < Math.min(a.segments.length, b.segments.length); i++) {
    const difference = RANK[kindAt(a, i)] - RANK[kindAt(b, i)];
    if (difference !== 0) return difference;
  }
  return Number(a.method === "ANY") - Number(b.method === "ANY");
}

function kindAt(route: Route, index: number): Segment["kind"] {
  return route.segments[index]?.kind ?? "greedy";
}

function refuseTwins(routes: readonly Route[]): void {
  const seen = new Map<string, string>();
  for (const { routeKey, method, segments } of routes) {
    const shape = segments
      .map((segment) => (segment.kind === "literal" ? `/${segment.text}` : `/{${segment.kind}}`))
      .join("");
    const twin = seen.get(`${method} ${shape}`);
    if (twin !== undefined)
      throw invalidSource(
        `http source: routes "${twin}" and "${routeKey}" match the same requests; keep one.`,
      );
    seen.set(`${method} ${shape}`, routeKey);
  }
}

/** The path's parameters, or nothing when it doesn't match. A parameter never matches an empty segment. */
function matchPath(segments: readonly Segment[], path: readonly string[]): [string, string][] | undefined {
  const found: [string, string][] = [];
  for (const [i, segment] of segments.entries()) {
    const text = path[i];
    if (text === undefined) return undefined;
    if (segment.kind === "literal") {
      if (segment.text !== text) return undefined;
    } else if (segment.kind === "parameter") {
      if (text === "") return undefined;
      found.push([segment.name, text]);
    } else {
      const rest = path.slice(i).join("/");
      return rest === "" ? undefined : [...found, [segment.name, rest]];
    }
  }
  return segments.length === path.length ? found : undefined;
}
