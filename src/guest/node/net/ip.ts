/** What is an IP address. */
const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const V4 = new RegExp(`^(?:${BYTE}\\.){3}${BYTE}$`);
const GROUP = /^[0-9a-f]{1,4}$/i;

export function isIPv4(text: unknown): boolean {
  return V4.test(String(text));
}

export function isIPv6(text: unknown): boolean {
  const [address = "", zone, more] = String(text).split("%");
  if (more !== undefined || (zone !== undefined && !/^[0-9a-z\-.:]+$/i.test(zone))) return false;
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1) ?? [];
  const tail = last.at(-1) ?? "";
  let count = groups.flat().length;
  if (tail.includes(".")) {
    if (!isIPv4(tail)) return false;
    last.pop();
    count++;
  }
  if (!groups.flat().every((group) => GROUP.test(group))) return false;
  return halves.length === 2 ? count <= 7 : count === 8;
}

/** 4, 6, or 0 for what is neither. */
export function isIP(text: unknown): number {
  if (isIPv4(text)) return 4;
  return isIPv6(text) ? 6 : 0;
}

/** An address as a number of 32 or 128 bits. */
export function addressNumber(address: string): bigint {
  if (isIPv4(address)) return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const plain = (address.split("%")[0] ?? "").replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_all, ...parts: string[]) => {
      const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
      return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
    },
  );
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...middle, ...right].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}
