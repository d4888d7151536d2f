import { describeValue, FunctionNotFoundError, InvalidOptionError } from "../base/errors.ts";
import type {
  AliasDescription,
  AliasSettings,
  FunctionVersion,
  InvocationTarget,
} from "./function-version.ts";
import { isVersion } from "./qualifier.ts";

/** Source of chance: a number from 0 up to, not including, 1. */
export type Random = () => number;

/** Where a name leads. */
export interface Route {
  readonly target: InvocationTarget;
  /** Another target that gets the share `weight` of the invocations. */
  readonly other: InvocationTarget | undefined;
  readonly weight: number;
}

/** The target of one invocation. Allocates nothing. */
export function pickTarget(route: Route, random: Random): InvocationTarget {
  return route.other !== undefined && random() < route.weight ? route.other : route.target;
}

/** A route that always leads to `version`. */
export function plainRoute(version: FunctionVersion, invokedArn: string): Route {
  const target = Object.freeze({ version, alias: undefined, invokedArn });
  return Object.freeze({ target, other: undefined, weight: 0 });
}

/** A checked alias with its settings and route; frozen. */
export interface Alias {
  readonly description: AliasDescription;
  readonly route: Route;
}

/**
 * Makes the alias `name`. `subject` names it in errors and `find` looks its function's versions up.
 * Throws `InvalidOptionError` (`INVALID_SETTING`) for malformed settings and `FunctionNotFoundError` for versions that
 * aren't there. `$LATEST` can't be pointed to: an alias holds still when a new version is deployed.
 */
export function makeAlias(
  subject: string,
  name: string,
  settings: AliasSettings,
  find: (version: string) => FunctionVersion | undefined,
): Alias {
  const version = findVersion(subject, "version", settings.version, find);
  const invokedArn = `${version.arn}:${name}`;
  const target = Object.freeze({ version, alias: name, invokedArn });
  const second = readSecond(subject, settings);
  if (!second) {
    const route = Object.freeze({ target, other: undefined, weight: 0 });
    return Object.freeze({ description: Object.freeze({ name, version: version.version }), route });
  }
  const otherVersion = findVersion(subject, "weights", second.version, find);
  const other = Object.freeze({ version: otherVersion, alias: name, invokedArn });
  const weights = Object.freeze({ [otherVersion.version]: second.weight });
  const description = Object.freeze({ name, version: version.version, weights });
  return Object.freeze({ description, route: Object.freeze({ target, other, weight: second.weight }) });
}

/** Whether the alias leads to `version`, if only for some of the invocations. */
export function leadsTo({ route }: Alias, version: FunctionVersion): boolean {
  return route.target.version === version || route.other?.version === version;
}

interface Second {
  readonly version: string;
  readonly weight: number;
}

function readSecond(subject: string, { version, weights }: AliasSettings): Second | undefined {
  if (weights === undefined) return undefined;
  const isObject = typeof weights === "object" && (weights as unknown) !== null && !Array.isArray(weights);
  if (!isObject) refuse(subject, "weights", weights, "an object of one version and its weight");
  const [first, ...rest] = Object.entries(weights);
  if (rest.length > 0)
    refuse(subject, "weights", rest.length + 1, "at most one version beside the alias's own");
  if (!first) return undefined;
  const [other, weight] = first;
  if (other === version) refuse(subject, "weights", other, "a version other than the alias's own");
  if (typeof weight === "number" && weight >= 0 && weight <= 1) return { version: other, weight };
  return refuse(subject, `weights[${JSON.stringify(other)}]`, weight, "a number from 0 to 1");
}

function findVersion(
  subject: string,
  field: string,
  version: unknown,
  find: (version: string) => FunctionVersion | undefined,
): FunctionVersion {
  if (typeof version !== "string" || !isVersion(version)) {
    return refuse(subject, field, version, 'a published version such as "1"');
  }
  const found = find(version);
  if (found) return found;
  throw new FunctionNotFoundError(`${subject}: version ${describeValue(version)} isn't there to point to.`);
}

function refuse(subject: string, field: string, value: unknown, allowed: string): never {
  throw new InvalidOptionError(subject, field, value, allowed, "INVALID_SETTING");
}
