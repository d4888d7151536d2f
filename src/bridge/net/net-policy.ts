import { normalName } from "../../functions/host-pattern.ts";
import type { ResolvedNet } from "../../functions/permissions.ts";
import { denial } from "../denial.ts";
import type { CallFailure } from "../operations.ts";
import type { PermissionLedger } from "../permission-ledger.ts";
import { classOf } from "./addresses.ts";
import { NetGrant } from "./net-grant.ts";

/** Where a request goes, as far as its grant is concerned. */
export interface NetTarget {
  readonly method: string;
  readonly scheme: "http" | "https";
  /** A name in lower case, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** What it names as `Host` where that is another than where it goes, with its port. */
  readonly hostHeader: string | undefined;
}

/** Judges what a version asks of the network, by its grant, and keeps account of it. */
export class NetPolicy {
  readonly #subject: string;
  readonly #grant: NetGrant;
  readonly #ledger: PermissionLedger;
  readonly #settings: ResolvedNet | undefined;

  constructor(functionName: string, settings: false | ResolvedNet, ledger: PermissionLedger) {
    this.#subject = `Function "${functionName}"`;
    this.#settings = settings === false ? undefined : settings;
    this.#grant = new NetGrant(this.#settings?.hosts ?? []);
    this.#ledger = ledger;
  }

  /** Throws a `CallFailure` unless host, port, scheme and method are granted. */
  checkTarget(target: NetTarget): void {
    const { method, scheme, host, port } = target;
    const what = `${method} ${scheme}://${entryOf(host, port)}`;
    const { methods = [], schemes = [] } = this.#settings ?? {};
    const entry = entryOf(host, port);
    if (!this.#grant.allowsHost(host, port)) {
      throw this.#deny(target, what, `permissions: { net: { hosts: ["${entry}"] } }`);
    }
    if (!schemes.includes(scheme)) throw this.#deny(target, what, `"${scheme}" in permissions.net.schemes`);
    if (methods.length > 0 && !methods.includes(method)) {
      throw this.#deny(target, what, `"${method}" in permissions.net.methods`);
    }
    if (target.hostHeader !== undefined) this.#checkHostHeader(target.hostHeader, scheme);
    this.#ledger.used({ permission: "net", detail: what, entry, method });
  }

  /** A server may serve many hosts at one address: it must not be asked for those that are not granted. */
  #checkHostHeader(header: string, scheme: "http" | "https"): void {
    const { hostname, port } = new URL(`${scheme}://${header}`);
    const host = hostname.startsWith("[") ? hostname.slice(1, -1) : normalName(hostname);
    const number = port === "" ? defaultPort(scheme) : Number(port);
    if (!this.#grant.allowsHost(host, number)) {
      throw this.#denyEntry(`send the header Host: ${header}`, entryOf(host, number));
    }
  }

  /** Throws a `CallFailure` unless a name or address is granted on some port, to be looked up. */
  checkName(name: string): void {
    if (!this.#grant.allowsOnAnyPort(name)) throw this.#denyEntry(`look up ${name}`, name);
    this.#ledger.used({ permission: "net", detail: `look up ${name}`, entry: name });
  }

  /** Of the addresses that a host has, those that may be connected to. Throws a `CallFailure` when there are none. */
  allowedAddresses<Address extends { readonly address: string }>(
    host: string,
    port: number,
    addresses: readonly Address[],
  ): Address[] {
    const allowed = addresses.filter(({ address }) => this.#grant.allowsAddress(address, port, host));
    const [first] = addresses;
    if (allowed.length === 0 && first) {
      const { address } = first;
      const kind = classOf(address);
      throw this.#denyEntry(
        `connect to ${host}, which is at the ${kind} address ${address}`,
        entryOf(address, port),
      );
    }
    for (const { address } of allowed) {
      if (classOf(address) === "public") continue;
      const entry = entryOf(address, port);
      this.#ledger.used({ permission: "net", detail: `connect to ${entry} for ${host}`, entry });
    }
    return allowed;
  }

  #denyEntry(what: string, entry: string): CallFailure {
    this.#ledger.denied({ permission: "net", detail: what, entry });
    return denial(`${this.#subject} may not ${what}`, `permissions: { net: { hosts: ["${entry}"] } }`);
  }

  #deny({ method, host, port }: NetTarget, what: string, grant: string): CallFailure {
    this.#ledger.denied({ permission: "net", detail: what, entry: entryOf(host, port), method });
    return denial(`${this.#subject} may not ${what}`, grant);
  }
}

export function defaultPort(scheme: "http" | "https"): number {
  return scheme === "https" ? 443 : 80;
}

/** Host and port as an entry of `net.hosts`. */
function entryOf(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
