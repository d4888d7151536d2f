import { X509Certificate } from "node:crypto";
import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { availableParallelism, totalmem } from "node:os";
import { BYTES_PER_MB } from "./base/sizes.ts";
import type { Clock } from "./base/clock.ts";
import { systemClock } from "./base/clock.ts";
import { describeValue, InvalidOptionError } from "./base/errors.ts";
import type { RequestIds } from "./base/ids.ts";
import { randomRequestId } from "./base/ids.ts";
import type { Binding } from "./functions/binding.ts";
import { DEFAULT_CODE_LIMIT_BYTES } from "./functions/package-code.ts";
import { ISOLATIONS } from "./functions/settings.ts";
import type { Isolation, SettingDefaults } from "./functions/settings.ts";
import { DEFAULT_PAYLOAD_LIMIT_BYTES } from "./invocation/payload.ts";
import type { LogFormat } from "./logging/record.ts";

/** Options of the cells that environments run in. They hold for each kind of isolation by itself. */
export interface CellOptions {
  /**
   * Cells, each a thread or a process of its own; 1 to 64, default one per CPU. With `process-per-tenant`, the most that
   * one tenant gets.
   */
  readonly count?: number;
  /**
   * Generic environments that each cell keeps ready for every heap limit in use, so that a cold start only loads the
   * function's code; 0 to 16, default 1. Each takes about 1 MB.
   */
  readonly prepared?: number;
  /**
   * Processes kept started and unused, so that a lost one is replaced at once; 0 to 16, default 1. Each takes about
   * 50 MB. Code is compiled there, where no guest runs.
   */
  readonly spares?: number;
  /** Environments in one cell; 1 to 10 000, default 1 000. Beyond that idle ones are ended, and then it throttles. */
  readonly maxEnvironments?: number;
  /**
   * Memory of one process in MB beyond which it is killed; 64 to 1 048 576, default a quarter of the machine's memory
   * and at least 1 024. Linux only; threads share the host's memory.
   */
  readonly memoryMb?: number;
  /** Invocations after which a cell is replaced by a fresh one; 0 to 1 000 000 000, default 1 000 000, 0 for never. */
  readonly recycleAfter?: number;
  /** Tenants that may have cells at once with `process-per-tenant`; 1 to 10 000, default 32. Idle ones make room. */
  readonly maxTenants?: number;
}

/** Options of an {@link Engine}. Every one has a default. */
export interface EngineOptions {
  /** Invocations of all functions that run at once; 1 to 100 000, default 1 000 as in Lambda. */
  readonly accountConcurrency?: number;
  /** Invocations of all functions that may wait for concurrency; 0 to 1 000 000, default 10 000. 0 throttles at once, as Lambda does. */
  readonly maxQueued?: number;
  /** Invocations of one function that may wait; 0 to 1 000 000, default 1 000. */
  readonly maxQueuedPerFunction?: number;
  /** Longest wait for concurrency, in milliseconds; 1 to 3 600 000, default 10 000. */
  readonly queueDeadlineMs?: number;
  /** Limit of a request and of a response in bytes of JSON; 1 024 to 1 073 741 824, default 6 291 456 as in Lambda. */
  readonly payloadLimitBytes?: number;
  /**
   * Limit of a streamed response in bytes, where it is consumed as it comes (`engine.invokeStream`); 1 024 to
   * 17 179 869 184, default 209 715 200 as in Lambda. How fast it may come is not limited.
   */
  readonly streamLimitBytes?: number;
  /** Limit of a function's code in bytes, after bundling; 1 024 to 1 073 741 824, default 52 428 800. */
  readonly codeLimitBytes?: number;
  /**
   * Path or `file:` URL of a folder for bundles and code caches, kept by the hash of all they follow from; default none. Any
   * number of engines and processes may share it. It is made if it isn't there, must belong to the user who runs the program, and
   * nobody else may have the right to write to it: who can, decides what functions run.
   */
  readonly cacheDirectory?: string | URL | undefined;
  /** Size of the cache folder in MB; 1 to 1 048 576, default 512. The least recently used entries are removed. */
  readonly cacheLimitMb?: number;
  /** Limit of an init in milliseconds; 10 to 900 000, default 10 000 as in Lambda. */
  readonly initTimeoutMs?: number;
  /**
   * How long an environment may take at its end, in milliseconds, for what its `process.on("SIGTERM")` listeners do; 0 to
   * 10 000, default 500 as Lambda's with an internal extension. 0 calls none. One without such listeners takes no time.
   */
  readonly shutdownMs?: number;
  /** How long an idle environment is kept, in milliseconds; 0 to 86 400 000, default 600 000. */
  readonly keepAliveMs?: number;
  /** Memory of all environments together beyond which idle ones are ended, coldest first; 16 to 1 048 576, default half of the machine's. */
  readonly memoryBudgetMb?: number;
  /** Granularity of billed durations in milliseconds; 1 to 1 000, default 1. 100 is Lambda's classic one. */
  readonly billingGranularityMs?: number;
  /** Newest versions of a function that stay invocable; 1 to 1 000, default 10. */
  readonly maxVersions?: number;
  /** How log lines are written: `text` (default) or `json`, both as Lambda does. */
  readonly logFormat?: LogFormat;
  /** Where functions run unless they say otherwise; default `in-process`. */
  readonly isolation?: Isolation;
  readonly cells?: CellOptions;
  /** What functions take where their own settings leave something out. */
  readonly defaults?: SettingDefaults;
  /** Region in ARNs and `AWS_REGION`; default `us-east-1`. */
  readonly region?: string;
  /** Account in ARNs, twelve digits; default `123456789012`, the one of AWS's documentation. */
  readonly accountId?: string;
  /** Functions that may invoke each other one behind the other; 1 to 1 000, default 16, where Lambda stops loops. */
  readonly maxInvokeDepth?: number;
  /** What the host offers to functions whose `permissions.bindings` grant it; more by `engine.bindings`. Default nothing. */
  readonly bindings?: Readonly<Record<string, Binding>>;
  /**
   * Certificates of authorities, in PEM, that requests of functions trust beside those that Node does (its own, and those of
   * `NODE_EXTRA_CA_CERTS`): a text, which may hold several, or a list of them. Default none.
   */
  readonly ca?: string | readonly string[];
  /**
   * Resolves the names that functions connect to; default `dns.lookup`, which is the machine's resolver. What it gives is
   * checked against their permissions.
   */
  readonly lookup?: LookupFunction;
  /** Time; default the machine's. */
  readonly clock?: Clock;
  /** Makes request ids; default random UUIDs. */
  readonly requestIds?: RequestIds;
}

/** Options with every default filled in; frozen. */
export type ResolvedOptions = Required<Omit<EngineOptions, "cells" | "cacheDirectory" | "ca">> & {
  readonly ca: readonly string[];
  readonly cells: Required<CellOptions>;
  readonly cacheDirectory: string | undefined;
};

type NumberOption = {
  [K in keyof EngineOptions]-?: NonNullable<EngineOptions[K]> extends number ? K : never;
}[keyof EngineOptions];

type Range = readonly [min: number, max: number, fallback: () => number];

const NUMBERS: Readonly<Record<NumberOption, Range>> = {
  accountConcurrency: [1, 100_000, () => 1_000],
  maxQueued: [0, 1_000_000, () => 10_000],
  maxQueuedPerFunction: [0, 1_000_000, () => 1_000],
  queueDeadlineMs: [1, 3_600_000, () => 10_000],
  payloadLimitBytes: [1_024, 1_073_741_824, () => DEFAULT_PAYLOAD_LIMIT_BYTES],
  streamLimitBytes: [1_024, 17_179_869_184, () => 209_715_200],
  cacheLimitMb: [1, 1_048_576, () => 512],
  codeLimitBytes: [1_024, 1_073_741_824, () => DEFAULT_CODE_LIMIT_BYTES],
  initTimeoutMs: [10, 900_000, () => 10_000],
  shutdownMs: [0, 10_000, () => 500],
  keepAliveMs: [0, 86_400_000, () => 600_000],
  memoryBudgetMb: [16, 1_048_576, () => Math.max(16, Math.floor(totalmem() / 2 / BYTES_PER_MB))],
  billingGranularityMs: [1, 1_000, () => 1],
  maxVersions: [1, 1_000, () => 10],
  maxInvokeDepth: [1, 1_000, () => 16],
};

const CELL_NUMBERS: Readonly<Record<keyof CellOptions, Range>> = {
  count: [1, 64, () => Math.min(64, availableParallelism())],
  prepared: [0, 16, () => 1],
  spares: [0, 16, () => 1],
  maxEnvironments: [1, 10_000, () => 1_000],
  memoryMb: [64, 1_048_576, () => Math.max(1_024, Math.floor(totalmem() / 4 / BYTES_PER_MB))],
  recycleAfter: [0, 1_000_000_000, () => 1_000_000],
  maxTenants: [1, 10_000, () => 32],
};

const TEXTS = {
  region: [/^[a-z]{2,}(?:-[a-z]+)+-[0-9]+$/, "a region such as us-east-1", "us-east-1"],
  accountId: [/^[0-9]{12}$/, "twelve digits", "123456789012"],
} as const;

const OTHERS = [
  "logFormat",
  "isolation",
  "cells",
  "defaults",
  "clock",
  "requestIds",
  "cacheDirectory",
  "lookup",
  "bindings",
  "ca",
];

/** Checks options and fills in the defaults. Throws {@link InvalidOptionError} naming the option, its value and what is allowed. */
export function resolveOptions(options: EngineOptions = {}): ResolvedOptions {
  readObject("options", options);
  refuseUnknown(options, [...Object.keys(NUMBERS), ...Object.keys(TEXTS), ...OTHERS], "");
  const cells = readObject("cells", options.cells);
  refuseUnknown(cells, Object.keys(CELL_NUMBERS), "cells.");
  return Object.freeze({
    ...(readNumbers(NUMBERS, options, "") as Record<NumberOption, number>),
    region: readText("region", options.region),
    accountId: readText("accountId", options.accountId),
    logFormat: oneOf("logFormat", options.logFormat, ["text", "json"]),
    isolation: oneOf("isolation", options.isolation, ISOLATIONS),
    cells: Object.freeze(readNumbers(CELL_NUMBERS, cells, "cells.") as Required<CellOptions>),
    defaults: Object.freeze({ ...readObject("defaults", options.defaults) }),
    bindings: readObject("bindings", options.bindings) as Readonly<Record<string, Binding>>,
    cacheDirectory: readFolder("cacheDirectory", options.cacheDirectory),
    lookup: options.lookup ?? systemLookup,
    ca: Object.freeze(readCertificates("ca", options.ca)),
    clock: options.clock ?? systemClock,
    requestIds: options.requestIds ?? randomRequestId,
  });
}

function refuseUnknown(given: object, known: readonly string[], prefix: string): void {
  for (const [field, value] of Object.entries(given)) {
    if (!known.includes(field)) refuse(prefix + field, value, `options ${known.join(", ")}`);
  }
}

function readNumbers(
  ranges: Readonly<Record<string, Range>>,
  given: object,
  prefix: string,
): Record<string, number> {
  const read: Record<string, number> = {};
  for (const [field, [min, max, fallback]] of Object.entries(ranges)) {
    const { [field]: value = fallback() } = given as Record<string, unknown>;
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max)
      read[field] = value;
    else refuse(prefix + field, value, `an integer from ${min} to ${max}`);
  }
  return read;
}

function readText(field: keyof typeof TEXTS, value: unknown): string {
  const [pattern, allowed, fallback] = TEXTS[field];
  if (value === undefined) return fallback;
  return typeof value === "string" && pattern.test(value) ? value : refuse(field, value, allowed);
}

function readCertificates(field: string, value: unknown): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return texts.map((text) => {
    if (typeof text === "string" && isCertificate(text)) return text;
    return refuse(field, text, "certificates in PEM, as a text or a list of texts");
  });
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).ca;
  } catch {
    return false;
  }
}

function readFolder(field: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value instanceof URL) return value.href;
  return typeof value === "string" && value !== ""
    ? value
    : refuse(field, value, "the path or file: URL of a folder");
}

function oneOf<const Choice extends string>(
  field: string,
  value: unknown,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  if (value === undefined) return choices[0];
  const choice = choices.find((candidate) => candidate === value);
  return choice ?? refuse(field, value, choices.map(describeValue).join(" or "));
}

function readObject(field: string, value: unknown): object {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(field, value, "an object");
  return value;
}

function refuse(field: string, value: unknown, allowed: string): never {
  throw new InvalidOptionError("Engine", field, value, allowed, "INVALID_OPTION");
}
