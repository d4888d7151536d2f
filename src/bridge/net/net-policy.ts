import { normalName } from "../../functions/host-pattern.ts";
import type { ResolvedNet } from "../../functions/permissions.ts";
import type { CallFailure } from "../operations.ts";
import type { PermissionLedger } from "../permission-ledger.ts";
import { AddressPolicy, entryOf } from "./address-policy.ts";

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
  /** Where requests may be made. */
  readonly requests: AddressPolicy;
  /** Where sockets may be connected to. */
  readonly sockets: AddressPolicy;
  readonly #settings: ResolvedNet | undefined;

  constructor(functionName: string, settings: false | ResolvedNet, ledger: PermissionLedger) {
    const { hosts = [], sockets = [] } = settings === false ? {} : settings;
    // Where hosts are granted for sockets as well, one more of them is what is missing.
    const list = settings !== false && sockets === hosts ? "hosts" : "sockets";
    this.#settings = settings === false ? undefined : settings;
    this.requests = new AddressPolicy(functionName, hosts, ledger, "hosts", false);
    this.sockets = new AddressPolicy(functionName, sockets, ledger, list, true);
  }

  /** Throws a `CallFailure` unless host, port, scheme and method are granted. */
  checkTarget(target: NetTarget): void {
    const { method, scheme, host, port } = target;
    const what = `${method} ${scheme}://${entryOf(host, port)}`;
    const { methods = [], schemes = [] } = this.#settings ?? {};
    const entry = entryOf(host, port);
    const deny = (grant?: string): CallFailure => this.requests.deny(what, entry, grant, method);
    if (!this.requests.grant.allowsHost(host, port)) throw deny();
    if (!schemes.includes(scheme)) throw deny(`"${scheme}" in permissions.net.schemes`);
    if (methods.length > 0 && !methods.includes(method)) {
      throw deny(`"${method}" in permissions.net.methods`);
    }
    if (target.hostHeader !== undefined) this.#checkHostHeader(target.hostHeader, scheme);
    this.requests.used(what, entry, method);
  }

  /** Throws a `CallFailure` unless a socket may be connected to a host and port. */
  checkSocket(host: string, port: number): void {
    const entry = entryOf(host, port);
    const what = `connect to ${entry}`;
    if (!this.sockets.grant.allowsHost(host, port)) throw this.sockets.deny(what, entry);
    this.sockets.used(what, entry);
  }

  /** A server may serve many hosts at one address: it must not be asked for those that are not granted. */
  #checkHostHeader(header: string, scheme: "http" | "https"): void {
    const { hostname, port } = new URL(`${scheme}://${header}`);
    const host = hostname.startsWith("[") ? hostname.slice(1, -1) : normalName(hostname);
    const number = port === "" ? defaultPort(scheme) : Number(port);
    if (!this.requests.grant.allowsHost(host, number)) {
      throw this.requests.deny(`send the header Host: ${header}`, entryOf(host, number));
    }
  }

  /** Throws a `CallFailure` unless a name or address is granted on some port, to be looked up. */
  checkName(name: string): void {
    const granting = [this.requests, this.sockets].find(({ grant }) => grant.allowsOnAnyPort(name));
    if (!granting) throw this.requests.deny(`look up ${name}`, name);
    granting.used(`look up ${name}`, name);
  }
}

export function defaultPort(scheme: "http" | "https"): number {
  return scheme === "https" ? 443 : 80;
}
