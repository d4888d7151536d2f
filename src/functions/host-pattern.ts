import { isIP } from "node:net";
import { domainToASCII } from "node:url";

/** What one entry of `net.hosts` stands for. */
export type HostPattern = {
  /** First and last port; undefined for all. */
  readonly ports: readonly [first: number, last: number] | undefined;
} & (
  | { readonly kind: "any" }
  | {
      readonly kind: "name";
      /** In ASCII and lower case. */
      readonly name: string;
      /** Whether it is the names under this one, and not itself. */
      readonly isWildcard: boolean;
    }
  | {
      readonly kind: "range";
      readonly family: "ipv4" | "ipv6";
      readonly address: string;
      readonly prefix: number;
    }
);

/** How an entry may look, for messages. */
export const HOST_FORMS =
  'a host without scheme and path: "api.example.com", "*.example.com:443", "*", "127.0.0.1:8000", "10.0.0.0/8", "[::1]:8000"';

const MAX_PORT = 65_535;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Reads an entry of `net.hosts`; undefined when it is none. */
export function parseHostPattern(text: string): HostPattern | undefined {
  const { host, portText } = splitPort(text);
  const ports = portText === undefined ? undefined : readPorts(portText);
  if (ports === null) return undefined;
  if (host === "*") return { kind: "any", ports };
  const range = readRange(host);
  if (range) return { kind: "range", ports, ...range };
  const name = readName(host);
  return name && { kind: "name", ports, ...name };
}

/** A name as patterns and requests are compared by: ASCII, lower case, without a final dot; empty when it is none. */
export function normalName(name: string): string {
  // The rest of a URL would be taken for one, and left out.
  if (/[\s/\\?#@%:]/.test(name)) return "";
  return domainToASCII(name.endsWith(".") ? name.slice(0, -1) : name);
}

function splitPort(text: string): { readonly host: string; readonly portText: string | undefined } {
  const bracketed = /^\[([^[\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed) return { host: bracketed[1] ?? "", portText: bracketed[2] };
  const first = text.indexOf(":");
  // Of an IPv6 address without brackets all colons are its own.
  if (first === -1 || first !== text.lastIndexOf(":")) return { host: text, portText: undefined };
  return { host: text.slice(0, first), portText: text.slice(first + 1) };
}

/** Null when they are none. */
function readPorts(text: string): readonly [number, number] | null {
  const parts = /^([0-9]{1,5})(?:-([0-9]{1,5}))?$/.exec(text);
  if (!parts) return null;
  const first = Number(parts[1]);
  const last = parts[2] === undefined ? first : Number(parts[2]);
  return first >= 1 && first <= last && last <= MAX_PORT ? [first, last] : null;
}

function readRange(host: string) {
  const [address = "", prefixText, more] = host.split("/");
  const version = isIP(address);
  if (version === 0 || more !== undefined || address.includes("%")) return undefined;
  const longest = version === 4 ? 32 : 128;
  if (prefixText !== undefined && !/^[0-9]{1,3}$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? longest : Number(prefixText);
  if (prefix > longest) return undefined;
  return { family: version === 4 ? "ipv4" : "ipv6", address, prefix } as const;
}

function readName(host: string) {
  const isWildcard = host.startsWith("*.");
  const name = normalName(isWildcard ? host.slice(2) : host);
  const labels = name.split(".");
  if (name.length > 253 || !labels.every((label) => LABEL.test(label))) return undefined;
  // A URL takes such a name for an address.
  if (/^(?:[0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "")) return undefined;
  return { name, isWildcard };
}
