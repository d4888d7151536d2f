import type { Clock } from "../base/clock.ts";
import { describeValue, FunctionNotFoundError, InvalidNameError } from "../base/errors.ts";
import { type Alias, leadsTo, makeAlias, pickTarget, plainRoute, type Random, type Route } from "./alias.ts";
import { nearestName } from "./did-you-mean.ts";
import type {
  AliasDescription,
  AliasSettings,
  Deployment,
  FunctionDescription,
  FunctionVersion,
  InvocationTarget,
} from "./function-version.ts";
import type { CodePackage } from "./package.ts";
import {
  checkAliasName,
  checkFunctionName,
  functionArn,
  type FunctionReference,
  LATEST,
  parseFunctionReference,
} from "./qualifier.ts";
import { RetiredNumbers } from "./retired-numbers.ts";
import type { ResolvedSettings } from "./settings.ts";

/** Versions of a function that are kept, unless told otherwise. */
const DEFAULT_MAX_VERSIONS = 10;

/** Functions whose names are looked at for a slip of the pen: a wrong name must stay cheap to refuse. */
const COMPARED_NAMES = 200;

/** What a {@link FunctionRegistry} is made of. */
export interface RegistryOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  /** Decides for weighted aliases; default `Math.random`. */
  readonly random?: Random;
  /** Newest versions of each function that stay invocable; default 10. (Lambda keeps them all, within its storage.) */
  readonly maxVersions?: number;
}

/** One deployed function. */
interface Entry {
  readonly arn: string;
  latest: FunctionVersion;
  /** By number, oldest first. */
  readonly versions: Map<string, FunctionVersion>;
  readonly aliases: Map<string, Alias>;
}

/** The deployed functions: their versions, their aliases, and which of them a name means. */
export class FunctionRegistry {
  readonly #options: RegistryOptions;
  readonly #random: Random;
  readonly #maxVersions: number;
  readonly #entries = new Map<string, Entry>();
  /** Every short name that can be invoked (`fn`, `fn:$LATEST`, `fn:1`, `fn:alias`): one look-up and no parsing per invocation. */
  readonly #routes = new Map<string, Route>();
  readonly #retiredNumbers = new RetiredNumbers();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#maxVersions = options.maxVersions ?? DEFAULT_MAX_VERSIONS;
  }

  /** How many functions are deployed. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Publishes the next version of `name`, which its bare name means from now on. Versions beyond the newest
   * `maxVersions` are retired unless an alias leads to them. Throws `InvalidNameError`.
   */
  deploy(name: string, settings: ResolvedSettings, code: CodePackage): Deployment {
    checkFunctionName(name);
    const before = this.#entries.get(name);
    const arn = before?.arn ?? functionArn(this.#options.region, this.#options.accountId, name);
    const last = before ? Number(before.latest.version) : this.#retiredNumbers.take(name);
    const version: FunctionVersion = Object.freeze({
      functionName: name,
      version: String(last + 1),
      settings,
      code,
      arn,
      deployedAtMs: this.#options.clock.now(),
    });
    const entry = before ?? { arn, latest: version, versions: new Map(), aliases: new Map() };
    this.#publish(entry, version);
    return { version, retired: this.#retireOld(entry) };
  }

  /**
   * What `name` means now: a function, `fn:alias`, `fn:version`, `fn:$LATEST` or a Lambda ARN of this region and account.
   * Throws `InvalidNameError` when it is malformed, `FunctionNotFoundError` when there is no such function, version or alias.
   */
  resolve(name: string): InvocationTarget {
    const route = this.#routes.get(name) ?? this.#findRoute(name);
    return pickTarget(route, this.#random);
  }

  /** What is deployed as `name`, which is a function's name or unqualified ARN. Throws as {@link resolve} does. */
  describe(name: string): FunctionDescription {
    const entry = this.#find(name);
    return {
      functionName: entry.latest.functionName,
      arn: entry.arn,
      latest: entry.latest,
      versions: [...entry.versions.keys()],
      aliases: [...entry.aliases.values()].map((alias) => alias.description),
    };
  }

  /** Every deployed function, in the order of first deployment. */
  list(): FunctionDescription[] {
    return [...this.#entries.keys()].map((name) => this.describe(name));
  }

  /** Removes the function with its versions and aliases, and returns the versions, oldest first. Throws as {@link describe} does. */
  remove(name: string): readonly FunctionVersion[] {
    const entry = this.#find(name);
    const { functionName, version } = entry.latest;
    this.#entries.delete(functionName);
    this.#retiredNumbers.put(functionName, Number(version));
    this.#routes.delete(functionName);
    for (const qualifier of [LATEST, ...entry.versions.keys(), ...entry.aliases.keys()]) {
      this.#routes.delete(`${functionName}:${qualifier}`);
    }
    return [...entry.versions.values()];
  }

  /**
   * Makes the alias or moves it. Throws `InvalidNameError` for a malformed alias, `InvalidOptionError` for malformed
   * settings, `FunctionNotFoundError` when the function or a version isn't there.
   */
  putAlias(name: string, alias: string, settings: AliasSettings): AliasDescription {
    checkAliasName(alias);
    const entry = this.#find(name);
    const { functionName } = entry.latest;
    const subject = `Alias ${functionName}:${alias}`;
    const made = makeAlias(subject, alias, settings, (version) => entry.versions.get(version));
    entry.aliases.set(alias, made);
    this.#routes.set(`${functionName}:${alias}`, made.route);
    return made.description;
  }

  /** Removes the alias; the versions stay. Throws `FunctionNotFoundError` when the function or the alias isn't there. */
  removeAlias(name: string, alias: string): void {
    const entry = this.#find(name);
    const { functionName } = entry.latest;
    if (!entry.aliases.delete(alias)) {
      throw new FunctionNotFoundError(`Function ${functionName} has no alias ${describeValue(alias)}.`);
    }
    this.#routes.delete(`${functionName}:${alias}`);
  }

  #publish(entry: Entry, version: FunctionVersion): void {
    const { functionName: name, arn } = version;
    entry.latest = version;
    entry.versions.set(version.version, version);
    this.#entries.set(name, entry);
    this.#routes.set(name, plainRoute(version, arn));
    this.#routes.set(`${name}:${LATEST}`, plainRoute(version, `${arn}:${LATEST}`));
    this.#routes.set(`${name}:${version.version}`, plainRoute(version, `${arn}:${version.version}`));
  }

  #retireOld(entry: Entry): readonly FunctionVersion[] {
    const aliases = [...entry.aliases.values()];
    const old = [...entry.versions.values()].slice(0, -this.#maxVersions);
    const retired = old.filter((version) => !aliases.some((alias) => leadsTo(alias, version)));
    for (const { functionName, version } of retired) {
      entry.versions.delete(version);
      this.#routes.delete(`${functionName}:${version}`);
    }
    return retired;
  }

  #find(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry) return entry;
    const reference = parseFunctionReference(name);
    if (reference.qualifier !== undefined) {
      throw new InvalidNameError(
        `${describeValue(name)} names a version or alias; give the function's name alone.`,
      );
    }
    this.#checkPlace(reference);
    return this.#entries.get(reference.functionName) ?? this.#refuseFunction(reference.functionName);
  }

  #findRoute(name: string): Route {
    const reference = parseFunctionReference(name);
    this.#checkPlace(reference);
    const { functionName, qualifier } = reference;
    const route = this.#routes.get(qualifier === undefined ? functionName : `${functionName}:${qualifier}`);
    if (route) return route;
    const entry = this.#entries.get(functionName);
    return entry ? this.#refuseQualifier(entry, qualifier ?? LATEST) : this.#refuseFunction(functionName);
  }

  #checkPlace({ region, accountId, functionName }: FunctionReference): void {
    const own = this.#options;
    if ((region ?? own.region) === own.region && (accountId ?? own.accountId) === own.accountId) return;
    throw new FunctionNotFoundError(
      `The ARN of function ${functionName} is of ${region ?? own.region}, account ${accountId ?? own.accountId}; ` +
        `this engine is ${own.region}, account ${own.accountId}.`,
    );
  }

  #refuseFunction(name: string): never {
    const near = nearestName(name, firstOf(this.#entries.keys(), COMPARED_NAMES));
    const advice = near === undefined ? "Deploy it first." : `Did you mean ${near}?`;
    throw new FunctionNotFoundError(`No function ${describeValue(name)} is deployed. ${advice}`);
  }

  #refuseQualifier(entry: Entry, qualifier: string): never {
    const aliases = [...entry.aliases.keys()];
    throw new FunctionNotFoundError(
      `Function ${entry.latest.functionName} has no version or alias ${describeValue(qualifier)}. ` +
        `It has versions ${[...entry.versions.keys()].join(", ")} (the newest ${this.#maxVersions} are kept, maxVersions, ` +
        `and those an alias leads to) and ${aliases.length === 0 ? "no aliases" : `aliases ${aliases.join(", ")}`}.`,
    );
  }
}

function* firstOf<Item>(items: Iterable<Item>, count: number): Iterable<Item> {
  let left = count;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}
