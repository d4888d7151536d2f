import { BlockList, isIP } from "node:net";

/** What an address is; only `public` ones are reached without being named in a grant. */
export type AddressClass =
  "public" | "metadata" | "loopback" | "link-local" | "private" | "multicast" | "unspecified" | "reserved";

type Range = readonly [address: string, prefix: number];

/**
 * By IANA's registries of special-purpose addresses, and where clouds keep their metadata services. The first class that
 * holds an address counts; an IPv4 address written as an IPv6 one (`::ffff:10.0.0.1`) is the IPv4 address.
 */
const RANGES: readonly (readonly [AddressClass, readonly Range[]])[] = [
  [
    "metadata",
    [
      ["169.254.169.254", 32],
      ["169.254.170.2", 32],
      ["169.254.170.23", 32],
      ["100.100.100.200", 32],
      ["168.63.129.16", 32],
      ["192.0.0.192", 32],
      ["fd00:ec2::254", 128],
      ["fd00:ec2::23", 128],
      ["fd20:ce::254", 128],
    ],
  ],
  [
    "unspecified",
    [
      ["0.0.0.0", 8],
      ["::", 128],
    ],
  ],
  [
    "loopback",
    [
      ["127.0.0.0", 8],
      ["::1", 128],
    ],
  ],
  [
    "link-local",
    [
      ["169.254.0.0", 16],
      ["fe80::", 10],
    ],
  ],
  [
    "private",
    [
      ["10.0.0.0", 8],
      ["100.64.0.0", 10],
      ["172.16.0.0", 12],
      ["192.168.0.0", 16],
      ["fc00::", 7],
      ["fec0::", 10],
    ],
  ],
  [
    "multicast",
    [
      ["224.0.0.0", 4],
      ["ff00::", 8],
    ],
  ],
  [
    "reserved",
    [
      ["192.0.0.0", 24],
      ["192.0.2.0", 24],
      ["192.88.99.0", 24],
      ["198.18.0.0", 15],
      ["198.51.100.0", 24],
      ["203.0.113.0", 24],
      ["240.0.0.0", 4],
      // Tunnels and translations carry an IPv4 address in them, which may be any.
      ["2001::", 23],
      ["2002::", 16],
      ["2001:db8::", 32],
      ["3fff::", 20],
    ],
  ],
];

/** Of IPv6, only this is global unicast. */
const GLOBAL_UNICAST = blockListOf([["2000::", 3]]);

const CLASSES = RANGES.map(([name, ranges]) => [name, blockListOf(ranges)] as const);

/** A list that knows whether it holds an address. */
export function blockListOf(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, familyOf(address));
  return list;
}

/** The class of an IP address; `reserved` for what is none. */
export function classOf(address: string): AddressClass {
  const version = isIP(address);
  if (version === 0 || address.includes("%")) return "reserved";
  const family = familyOf(address);
  for (const [name, list] of CLASSES) if (list.check(address, family)) return name;
  if (version === 4 || isMapped(address)) return "public";
  return GLOBAL_UNICAST.check(address, "ipv6") ? "public" : "reserved";
}

/** An IPv4 address written as an IPv6 one. */
function isMapped(address: string): boolean {
  return MAPPED.check(address, "ipv6");
}

/** Node compares the IPv4 part of mapped addresses, and only theirs, with IPv4 ranges. */
const MAPPED = blockListOf([["0.0.0.0", 0]]);

export function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}
