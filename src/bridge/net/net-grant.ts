import { isIP } from "node:net";
import type { BlockList } from "node:net";
import { parseHostPattern } from "../../functions/host-pattern.ts";
import type { HostPattern } from "../../functions/host-pattern.ts";
import { blockListOf, classOf, familyOf } from "./addresses.ts";

type NamePattern = Extract<HostPattern, { kind: "name" }>;
type Ports = HostPattern["ports"];

/** Which hosts, ports and addresses `net.hosts` grants. */
export class NetGrant {
  readonly #any: Ports[] = [];
  readonly #names: NamePattern[] = [];
  readonly #ranges: { readonly ports: Ports; readonly list: BlockList }[] = [];

  constructor(hosts: readonly string[]) {
    for (const host of hosts) {
      const pattern = parseHostPattern(host);
      if (pattern) this.#add(pattern);
    }
  }

  #add(pattern: HostPattern): void {
    if (pattern.kind === "any") this.#any.push(pattern.ports);
    else if (pattern.kind === "name") this.#names.push(pattern);
    else {
      const list = blockListOf([[pattern.address, pattern.prefix]]);
      this.#ranges.push({ ports: pattern.ports, list });
    }
  }

  /** Whether a host, which is a name in lower case or an address, is granted; of a name the address is yet to be seen. */
  allowsHost(host: string, port: number): boolean {
    if (isIP(host) !== 0) return this.allowsAddress(host, port, host) && this.#allowsLiteral(host, port);
    return this.#allowsName(host, port) || this.#any.some((ports) => includes(ports, port));
  }

  /** Whether a connection may be made to an address that `host` stands for or is. */
  allowsAddress(address: string, port: number, host: string): boolean {
    const kind = classOf(address);
    if (kind === "public" || this.#hasRange(address, port)) return true;
    return kind === "loopback" && isLocalhost(host) && this.#allowsName(host, port);
  }

  /** Whether a name is granted, or an address, on whatever port. */
  allowsOnAnyPort(host: string): boolean {
    if (isIP(host) === 0) return this.#any.length > 0 || this.#names.some((pattern) => stands(pattern, host));
    if (this.#ranges.some(({ list }) => list.check(host, familyOf(host)))) return true;
    return this.#any.length > 0 && classOf(host) === "public";
  }

  /** An address that is asked for as such: nobody's name stands for it. */
  #allowsLiteral(address: string, port: number): boolean {
    return this.#hasRange(address, port) || this.#any.some((ports) => includes(ports, port));
  }

  #allowsName(host: string, port: number): boolean {
    return this.#names.some((pattern) => stands(pattern, host) && includes(pattern.ports, port));
  }

  #hasRange(address: string, port: number): boolean {
    if (address.includes("%")) return false;
    return this.#ranges.some(
      ({ list, ports }) => includes(ports, port) && list.check(address, familyOf(address)),
    );
  }
}

function stands({ name, isWildcard }: NamePattern, host: string): boolean {
  return isWildcard ? host.endsWith(`.${name}`) : host === name;
}

function includes(ports: Ports, port: number): boolean {
  return ports === undefined || (port >= ports[0] && port <= ports[1]);
}

/** A name that by definition is the machine's own (RFC 6761). */
function isLocalhost(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost");
}
