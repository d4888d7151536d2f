import { InvalidOptionError } from "../base/errors.ts";
import type { IsoletError } from "../base/errors.ts";
import type { EnvironmentEnd } from "../environment/init.ts";
import type { Completion, Invocation } from "../invocation/invocation.ts";
import type { PoolStats } from "../pool/parts.ts";
import type { Pool } from "../pool/pool.ts";

/** Whose invocations a pool runs that belongs to no tenant. */
const EVERYBODY = "";

/** The environments of a version: one pool, or with tenants apart one for each tenant that has invocations. */
export class VersionPools {
  readonly #make: (tenant: string | undefined) => Pool;
  readonly #isPerTenant: boolean;
  readonly #pools = new Map<string, Pool>();
  #isRetired = false;
  #whenEmpty: (() => void) | undefined;

  constructor(isPerTenant: boolean, make: (tenant: string | undefined) => Pool) {
    this.#make = make;
    this.#isPerTenant = isPerTenant;
    if (!isPerTenant) this.#pools.set(EVERYBODY, make(undefined));
  }

  /** Throws {@link InvalidOptionError} where a tenant is needed and there is none, as Lambda's tenant isolation. */
  check(tenant: string | undefined): void {
    if (!this.#isPerTenant || tenant !== undefined) return;
    const allowed = 'a tenant, because the function has isolation "process-per-tenant"';
    throw new InvalidOptionError("invoke", "tenant", tenant, allowed, "INVALID_OPTION");
  }

  run(invocation: Invocation): Promise<Completion> {
    if (!this.#isPerTenant) return this.#poolOf(EVERYBODY).run(invocation);
    const tenant = invocation.request.tenant ?? EVERYBODY;
    const pool = this.#poolOf(tenant);
    const completion = pool.run(invocation);
    pool.onEmpty(() => this.#emptied(tenant, pool));
    return completion;
  }

  /** Starts what provisioned concurrency asks for and is missing. */
  provision(): void {
    for (const pool of this.#pools.values()) pool.provision();
  }

  /** Has all environments replaced. */
  renew(): void {
    for (const pool of [...this.#pools.values()]) pool.renew();
  }

  /** A newer version has taken over: environments end as soon as they have nothing to do. */
  retire(): void {
    this.#isRetired = true;
    for (const pool of [...this.#pools.values()]) pool.retire();
  }

  /** Calls `callback` once, when there is no environment and nothing waits for one. */
  onEmpty(callback: () => void): void {
    this.#whenEmpty = callback;
    if (!this.#isPerTenant) this.#pools.get(EVERYBODY)?.onEmpty(() => this.#checkEmpty(true));
    else this.#checkEmpty(this.#pools.size === 0);
  }

  /** Ends every environment now; what waits fails with `fault`, if there is one. */
  close(reason: EnvironmentEnd, fault?: IsoletError): void {
    for (const pool of [...this.#pools.values()]) pool.close(reason, fault);
  }

  /** Ends those environments in good order that have something to do at their end; gives what to wait for. */
  shutDown(reason: EnvironmentEnd): Promise<void>[] {
    return [...this.#pools.values()].flatMap((pool) => pool.shutDown(reason));
  }

  stats(): PoolStats {
    const sum = { starting: 0, idle: 0, busy: 0, waiting: 0 };
    for (const pool of this.#pools.values()) {
      const stats = pool.stats();
      for (const key of ["starting", "idle", "busy", "waiting"] as const) sum[key] += stats[key];
    }
    return sum;
  }

  #poolOf(tenant: string): Pool {
    const known = this.#pools.get(tenant);
    if (known) return known;
    const pool = this.#make(this.#isPerTenant ? tenant : undefined);
    if (this.#isRetired) pool.retire();
    this.#pools.set(tenant, pool);
    return pool;
  }

  #emptied(tenant: string, pool: Pool): void {
    if (this.#pools.get(tenant) === pool) this.#pools.delete(tenant);
    this.#checkEmpty(this.#pools.size === 0);
  }

  #checkEmpty(isEmpty: boolean): void {
    if (!isEmpty || !this.#whenEmpty) return;
    const callback = this.#whenEmpty;
    this.#whenEmpty = undefined;
    callback();
  }
}
