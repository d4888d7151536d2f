import { isIP } from "node:net";
import { describe, expect, it } from "vitest";
import { classOf } from "../../src/bridge/net/addresses.ts";
import { NetGrant } from "../../src/bridge/net/net-grant.ts";

const CLASSES = [
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["::1", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["::ffff:7f00:1", "loopback"],
  ["0.0.0.0", "unspecified"],
  ["0.1.2.3", "unspecified"],
  ["::", "unspecified"],
  ["10.0.0.1", "private"],
  ["172.16.0.1", "private"],
  ["172.31.255.255", "private"],
  ["172.32.0.0", "public"],
  ["192.168.1.1", "private"],
  ["100.64.0.1", "private"],
  ["100.127.255.255", "private"],
  ["100.128.0.0", "public"],
  ["fd12::1", "private"],
  ["fc00::", "private"],
  ["fec0::1", "private"],
  ["::ffff:10.1.2.3", "private"],
  ["169.254.0.1", "link-local"],
  ["fe80::1", "link-local"],
  ["169.254.169.254", "metadata"],
  ["::ffff:169.254.169.254", "metadata"],
  ["fd00:ec2::254", "metadata"],
  ["100.100.100.200", "metadata"],
  ["168.63.129.16", "metadata"],
  ["224.0.0.1", "multicast"],
  ["ff02::1", "multicast"],
  ["255.255.255.255", "reserved"],
  ["240.0.0.1", "reserved"],
  ["192.0.2.1", "reserved"],
  ["198.18.0.1", "reserved"],
  ["2002:7f00:1::", "reserved"],
  ["2001:0:7f00:1::", "reserved"],
  ["64:ff9b::7f00:1", "reserved"],
  ["::127.0.0.1", "reserved"],
  ["2001:db8::1", "reserved"],
  ["8.8.8.8", "public"],
  ["2606:4700::1", "public"],
  ["::ffff:8.8.8.8", "public"],
  ["fe80::1%eth0", "reserved"],
  ["nonsense", "reserved"],
] as const;

describe("addresses", () => {
  it.each(CLASSES)("%s is %s", (address, kind) => {
    expect(classOf(address)).toBe(kind);
  });

  it("that aren't public are reached by no name and no grant of everything public, whichever they are", () => {
    const grant = new NetGrant(["*", "*.example.com", "example.com:443"]);
    let seen = 0;
    for (let at = 0; at < 3_000; at++) {
      // An odd multiplier goes through all of them, in no order.
      const value = Math.imul(at, 0x9e37_79b1) >>> 0;
      const address = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join(".");
      const isPublic = classOf(address) === "public";
      if (!isPublic) seen++;
      for (const form of [address, `::ffff:${address}`]) {
        expect(isIP(form)).not.toBe(0);
        expect([form, classOf(form) === "public"]).toEqual([form, isPublic]);
        expect([form, grant.allowsHost(form, 443)]).toEqual([form, isPublic]);
        expect([form, grant.allowsAddress(form, 443, "example.com")]).toEqual([form, isPublic]);
      }
    }
    expect(seen).toBeGreaterThan(100);
  });
});

describe("a grant", () => {
  it.each([
    ["example.com", "example.com", 1, true],
    ["example.com", "a.example.com", 443, false],
    ["example.com", "notexample.com", 443, false],
    ["example.com", "example.com.evil.test", 443, false],
    ["EXAMPLE.com.", "example.com", 443, true],
    ["*.example.com", "a.b.example.com", 443, true],
    ["*.example.com", "example.com", 443, false],
    ["*.example.com", "evilexample.com", 443, false],
    ["*.example.com:443", "a.example.com", 80, false],
    ["example.com:8000-8010", "example.com", 8005, true],
    ["example.com:8000-8010", "example.com", 8011, false],
    ["bücher.example", "xn--bcher-kva.example", 443, true],
    ["*", "anything.test", 443, true],
    ["*:443", "anything.test", 80, false],
    ["*", "127.0.0.1", 80, false],
    ["0.0.0.0/0", "127.0.0.1", 80, true],
    ["0.0.0.0/0", "name.test", 80, false],
    ["127.0.0.1:8000", "127.0.0.1", 8000, true],
    ["127.0.0.1:8000", "127.0.0.1", 8001, false],
    ["127.0.0.1", "::ffff:127.0.0.1", 80, true],
    ["127.0.0.1", "127.0.0.2", 80, false],
    ["10.0.0.0/8", "10.200.0.1", 80, true],
    ["[::1]:8000", "::1", 8000, true],
    ["::1", "::1", 8000, true],
    ["fd00::/8", "fd12::1", 80, true],
    ["8.8.8.0/24", "8.8.9.1", 53, false],
  ])("of %s lets a request to %s port %d go: %j", (pattern, host, port, isAllowed) => {
    expect(new NetGrant([pattern]).allowsHost(host, port)).toBe(isAllowed);
  });

  it.each([
    ["localhost", "localhost", "127.0.0.1", true],
    ["localhost", "localhost", "::1", true],
    ["localhost", "localhost", "10.0.0.1", false],
    ["*.localhost", "app.localhost", "127.0.0.1", true],
    ["*", "localhost", "127.0.0.1", false],
    ["example.com", "example.com", "127.0.0.1", false],
    ["example.com", "example.com", "8.8.8.8", true],
  ])("of %s lets %s be at %s: %j", (pattern, host, address, isAllowed) => {
    expect(new NetGrant([pattern]).allowsAddress(address, 80, host)).toBe(isAllowed);
  });

  it("of a name and a range lets the name be in the range, on the range's ports", () => {
    const grant = new NetGrant(["db.example", "10.0.0.0/8:5432"]);
    expect(grant.allowsAddress("10.1.2.3", 5432, "db.example")).toBe(true);
    expect(grant.allowsAddress("10.1.2.3", 80, "db.example")).toBe(false);
  });
});
