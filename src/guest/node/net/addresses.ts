/** `net.SocketAddress` and `net.BlockList`. */
import { invalidArgValue, nodeError } from "../shared/errors.ts";
import { requireInteger, requireString } from "../shared/validate.ts";
import { addressNumber, isIP } from "./ip.ts";

type Family = "ipv4" | "ipv6";

interface AddressOptions {
  readonly address?: string;
  readonly family?: Family;
  readonly port?: number;
  readonly flowlabel?: number;
}

export class SocketAddress {
  readonly address: string;
  readonly family: Family;
  readonly port: number;
  readonly flowlabel: number;

  constructor(options: AddressOptions = {}) {
    this.family = options.family ?? "ipv4";
    this.address = options.address ?? (this.family === "ipv4" ? "127.0.0.1" : "::");
    this.port = options.port ?? 0;
    this.flowlabel = options.flowlabel ?? 0;
    requireString(this.address, "options.address");
    requireInteger(this.port, "options.port", 0, 65_535);
    if (familyOf(this.address) !== this.family) {
      throw nodeError(TypeError, "ERR_INVALID_ADDRESS", "Invalid address");
    }
  }

  static parse(input: string): SocketAddress | undefined {
    const [, six, sixPort, four, fourPort] =
      /^(?:\[([^\]]+)\](?::(\d+))?|([\d.]+)(?::(\d+))?)$/.exec(input) ?? [];
    const address = six ?? four;
    const family = address === undefined ? undefined : familyOf(address);
    if (address === undefined || family === undefined) return undefined;
    return new SocketAddress({ address, family, port: Number(sixPort ?? fourPort ?? 0) });
  }

  static isSocketAddress(value: unknown): boolean {
    return value instanceof SocketAddress;
  }
}

function familyOf(address: string): Family | undefined {
  const kind = isIP(address);
  return kind === 4 ? "ipv4" : kind === 6 ? "ipv6" : undefined;
}

interface Rule {
  readonly family: Family;
  readonly from: bigint;
  readonly to: bigint;
  readonly text: string;
}

type Address = string | SocketAddress;

const MAPPED = 0xffff_0000_0000n;

export class BlockList {
  readonly #rules: Rule[] = [];

  static isBlockList(value: unknown): boolean {
    return value instanceof BlockList;
  }

  get rules(): string[] {
    return this.#rules.map(({ text }) => text).reverse();
  }

  addAddress(address: Address, family: Family = "ipv4"): void {
    const { text, number } = read(address, family);
    this.#rules.push({ family, from: number, to: number, text: `Address: ${label(family)} ${text}` });
  }

  addRange(start: Address, end: Address, family: Family = "ipv4"): void {
    const [first, last] = [read(start, family), read(end, family)];
    if (first.number > last.number) throw invalidArgValue("start", start, "must come before end");
    const text = `Range: ${label(family)} ${first.text}-${last.text}`;
    this.#rules.push({ family, from: first.number, to: last.number, text });
  }

  addSubnet(network: Address, prefix: number, family: Family = "ipv4"): void {
    const bits = family === "ipv4" ? 32 : 128;
    requireInteger(prefix, "prefix", 0, bits);
    const { text, number } = read(network, family);
    const size = 1n << BigInt(bits - prefix);
    const from = (number / size) * size;
    this.#rules.push({
      family,
      from,
      to: from + size - 1n,
      text: `Subnet: ${label(family)} ${text}/${prefix}`,
    });
  }

  check(address: Address, family: Family = "ipv4"): boolean {
    const text = typeof address === "string" ? address : address.address;
    const kind = typeof address === "string" ? family : address.family;
    if (familyOf(text) !== kind) return false;
    const number = addressNumber(text);
    const isIn = (value: bigint, of: Family): boolean =>
      this.#rules.some((rule) => rule.family === of && rule.from <= value && value <= rule.to);
    if (isIn(number, kind)) return true;
    // An IPv4 address may be written as one of IPv6.
    return kind === "ipv6" && number >> 32n === MAPPED >> 32n && isIn(number & 0xffff_ffffn, "ipv4");
  }
}

function label(family: Family): string {
  return family === "ipv4" ? "IPv4" : "IPv6";
}

function read(address: Address, family: Family): { text: string; number: bigint } {
  const text = typeof address === "string" ? address : address.address;
  requireString(text, "address");
  if (familyOf(text) !== family) throw nodeError(TypeError, "ERR_INVALID_ADDRESS", "Invalid address");
  return { text, number: addressNumber(text) };
}
