import type { FunctionPermissions, NetPermission } from "../functions/permissions.ts";

/** A permission that is looked at while a function runs. */
export type PermissionName = "net" | "invoke" | "bindings" | "wasm" | "eval";

/** One thing that a permission was needed for. */
export interface PermissionNeed {
  readonly permission: PermissionName;
  /** What it was, such as `GET https://api.example.com:443` or a function's name. */
  readonly detail: string;
  /** The entry that grants it, such as `api.example.com:443`; empty for permissions that are true or false. */
  readonly entry: string;
  readonly method?: string;
  /** Of connections: whether it was a socket's. */
  readonly isSocket?: boolean;
}

/** What a permission was needed for, and how often. */
export interface PermissionUse {
  readonly permission: PermissionName;
  readonly detail: string;
  readonly count: number;
}

/** Most different things that are kept of one version; what comes later is only counted. */
const NEEDS_LIMIT = 1_000;

interface Counted {
  readonly need: PermissionNeed;
  count: number;
}

/** What a version's permissions were used for and what was denied, since it was deployed. */
export class PermissionLedger {
  readonly #used = new Map<string, Counted>();
  readonly #denied = new Map<string, Counted>();
  #dropped = 0;

  used(need: PermissionNeed): void {
    this.#count(this.#used, need);
  }

  denied(need: PermissionNeed): void {
    this.#count(this.#denied, need);
  }

  /** Uses and denials beyond {@link NEEDS_LIMIT} different ones. */
  get dropped(): number {
    return this.#dropped;
  }

  listUsed(): PermissionUse[] {
    return listOf(this.#used);
  }

  listDenied(): PermissionUse[] {
    return listOf(this.#denied);
  }

  /** The least that grants what was used, and with `withDenied` what was denied as well. */
  leastPermissions(withDenied: boolean): FunctionPermissions {
    const counted = [...this.#used.values(), ...(withDenied ? this.#denied.values() : [])];
    const needs = counted.map(({ need }) => need);
    const net = netOf(needs);
    const invoke = entriesOf(needs, "invoke");
    const bindings = entriesOf(needs, "bindings");
    const has = (name: PermissionName): boolean => needs.some(({ permission }) => permission === name);
    return {
      ...(net && { net }),
      ...(invoke.length > 0 && { invoke }),
      ...(bindings.length > 0 && { bindings }),
      ...(has("wasm") && { wasm: true }),
      ...(has("eval") && { eval: true }),
    };
  }

  #count(counts: Map<string, Counted>, need: PermissionNeed): void {
    const key = `${need.permission} ${need.detail} ${need.entry} ${need.isSocket === true}`;
    const known = counts.get(key);
    if (known) known.count++;
    else if (this.#used.size + this.#denied.size < NEEDS_LIMIT) counts.set(key, { need, count: 1 });
    else this.#dropped++;
  }
}

function listOf(counts: ReadonlyMap<string, Counted>): PermissionUse[] {
  return [...counts.values()].map(({ need: { permission, detail }, count }) => ({
    permission,
    detail,
    count,
  }));
}

function entriesOf(needs: readonly PermissionNeed[], name: PermissionName): string[] {
  const entries = needs.filter(({ permission }) => permission === name).map(({ entry }) => entry);
  return [...new Set(entries)].toSorted();
}

function netOf(needs: readonly PermissionNeed[]): NetPermission | undefined {
  const hosts = entriesOf(
    needs.filter(({ isSocket }) => !isSocket),
    "net",
  );
  const sockets = entriesOf(
    needs.filter(({ isSocket }) => isSocket),
    "net",
  );
  if (hosts.length === 0 && sockets.length === 0) return undefined;
  return {
    ...(hosts.length > 0 && { hosts }),
    ...(sockets.length > 0 && { sockets }),
    ...methodsOf(needs),
  };
}

/** None were seen where names were only looked up. */
function methodsOf(needs: readonly PermissionNeed[]): { readonly methods?: readonly string[] } {
  const methods = needs.map(({ method }) => method).filter((method) => method !== undefined);
  return methods.length === 0 ? {} : { methods: [...new Set(methods)].toSorted() };
}
