import { denial } from "../denial.ts";
import type { CallFailure } from "../operations.ts";
import type { PermissionLedger } from "../permission-ledger.ts";
import { classOf } from "./addresses.ts";
import { NetGrant } from "./net-grant.ts";

/** The lists of hosts in a grant. */
export type HostList = "hosts" | "sockets";

/** Judges by one list of hosts where connections go, and keeps account of it. */
export class AddressPolicy {
  readonly grant: NetGrant;
  readonly #subject: string;
  readonly #ledger: PermissionLedger;
  readonly #list: HostList;
  readonly #isSocket: boolean;

  /** `list` is the one to add to. */
  constructor(
    functionName: string,
    hosts: readonly string[],
    ledger: PermissionLedger,
    list: HostList,
    isSocket: boolean,
  ) {
    this.#subject = `Function "${functionName}"`;
    this.grant = new NetGrant(hosts);
    this.#ledger = ledger;
    this.#list = list;
    this.#isSocket = isSocket;
  }

  used(what: string, entry: string, method?: string): void {
    this.#ledger.used({ ...this.#need(what, entry), ...(method !== undefined && { method }) });
  }

  /** Of the addresses that a host has, those that may be connected to. Throws a `CallFailure` when there are none. */
  allowedAddresses<Address extends { readonly address: string }>(
    host: string,
    port: number,
    addresses: readonly Address[],
  ): Address[] {
    const allowed = addresses.filter(({ address }) => this.grant.allowsAddress(address, port, host));
    const [first] = addresses;
    if (allowed.length === 0 && first) {
      const { address } = first;
      const what = `connect to ${host}, which is at the ${classOf(address)} address ${address}`;
      throw this.deny(what, entryOf(address, port));
    }
    for (const { address } of allowed) {
      if (classOf(address) === "public") continue;
      const entry = entryOf(address, port);
      this.used(`connect to ${entry} for ${host}`, entry);
    }
    return allowed;
  }

  /** A denial, noted; `grant` is what to add where it is not an entry of the list. */
  deny(what: string, entry: string, grant?: string, method?: string): CallFailure {
    this.#ledger.denied({ ...this.#need(what, entry), ...(method !== undefined && { method }) });
    return denial(
      `${this.#subject} may not ${what}`,
      grant ?? `permissions: { net: { ${this.#list}: ["${entry}"] } }`,
    );
  }

  #need(detail: string, entry: string) {
    return { permission: "net", detail, entry, ...(this.#isSocket && { isSocket: true }) } as const;
  }
}

/** Host and port as an entry of `net.hosts`. */
export function entryOf(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
