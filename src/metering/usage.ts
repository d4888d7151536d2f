import type { MeterRecord } from "./record.ts";

/** Sums over meter records. */
export interface UsageTotals {
  readonly invocations: number;
  readonly failures: number;
  readonly throttles: number;
  readonly coldStarts: number;
  readonly durationMs: number;
  readonly billedDurationMs: number;
  readonly cpuMs: number;
  readonly gbSeconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly logBytes: number;
}

/** Totals of everything the engine has metered, over all and by function, version, tenant and tag. */
export interface Usage {
  readonly total: UsageTotals;
  readonly byFunction: Readonly<Record<string, UsageTotals>>;
  /** Keys are `function:version`. */
  readonly byVersion: Readonly<Record<string, UsageTotals>>;
  readonly byTenant: Readonly<Record<string, UsageTotals>>;
  /** Keys are `key=value`. */
  readonly byTag: Readonly<Record<string, UsageTotals>>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Most tenants and tags of their own lines; those beyond are summed under {@link OTHERS}. */
export const USAGE_KEYS_LIMIT = 10_000;

/** Key of what is beyond {@link USAGE_KEYS_LIMIT}. */
export const OTHERS = "(others)";

function emptyTotals(): Mutable<UsageTotals> {
  return {
    invocations: 0,
    failures: 0,
    throttles: 0,
    coldStarts: 0,
    durationMs: 0,
    billedDurationMs: 0,
    cpuMs: 0,
    gbSeconds: 0,
    bytesIn: 0,
    bytesOut: 0,
    logBytes: 0,
  };
}

/** Sums meter records as they come. */
export class UsageLedger {
  readonly #total = emptyTotals();
  readonly #byVersion = new Map<string, Map<string, Mutable<UsageTotals>>>();
  readonly #byTenant = new Map<string, Mutable<UsageTotals>>();
  readonly #byTag = new Map<string, Mutable<UsageTotals>>();

  add(record: MeterRecord): void {
    addTo(this.#total, record);
    addTo(this.#versionTotals(record.functionName, record.functionVersion), record);
    if (record.tenant !== undefined) addTo(totalsOf(this.#byTenant, record.tenant), record);
    for (const key in record.tags) addTo(totalsOf(this.#byTag, `${key}=${record.tags[key] ?? ""}`), record);
  }

  usage(): Usage {
    const byFunction = new Map<string, UsageTotals>();
    const byVersion = new Map<string, UsageTotals>();
    for (const [name, versions] of this.#byVersion) {
      const sum = emptyTotals();
      for (const [version, totals] of versions) {
        byVersion.set(`${name}:${version}`, totals);
        for (const key of Object.keys(sum) as (keyof UsageTotals)[]) sum[key] += totals[key];
      }
      byFunction.set(name, sum);
    }
    return {
      total: { ...this.#total },
      byFunction: copyOf(byFunction),
      byVersion: copyOf(byVersion),
      byTenant: copyOf(this.#byTenant),
      byTag: copyOf(this.#byTag),
    };
  }

  #versionTotals(name: string, version: string): Mutable<UsageTotals> {
    const versions = this.#byVersion.get(name) ?? new Map<string, Mutable<UsageTotals>>();
    if (versions.size === 0) this.#byVersion.set(name, versions);
    let totals = versions.get(version);
    if (!totals) versions.set(version, (totals = emptyTotals()));
    return totals;
  }
}

function totalsOf(map: Map<string, Mutable<UsageTotals>>, wanted: string): Mutable<UsageTotals> {
  const key = map.has(wanted) || map.size < USAGE_KEYS_LIMIT ? wanted : OTHERS;
  let totals = map.get(key);
  if (!totals) map.set(key, (totals = emptyTotals()));
  return totals;
}

/** Own entries whatever the key: one may well be `__proto__`. */
function copyOf(map: ReadonlyMap<string, UsageTotals>): Record<string, UsageTotals> {
  return Object.fromEntries([...map].map(([key, totals]) => [key, { ...totals }]));
}

function addTo(totals: Mutable<UsageTotals>, record: MeterRecord): void {
  totals.invocations++;
  if (record.outcome === "throttled") totals.throttles++;
  else if (record.outcome !== "succeeded") totals.failures++;
  if (record.coldStart) totals.coldStarts++;
  totals.durationMs += record.durationMs;
  totals.billedDurationMs += record.billedDurationMs;
  totals.cpuMs += record.cpuMs;
  totals.gbSeconds += record.gbSeconds;
  totals.bytesIn += record.bytesIn;
  totals.bytesOut += record.bytesOut;
  totals.logBytes += record.logBytes;
}
