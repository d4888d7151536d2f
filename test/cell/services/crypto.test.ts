import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCryptoService } from "../../../src/cell/services/crypto.ts";
import { CallReply } from "../../../src/guest/contract.ts";

type Head = readonly unknown[];

function ask(verb: string, args: Head, bytes = "", service = createCryptoService()): string {
  return service.ask?.(verb, `${JSON.stringify(["l", ...args])}\n${bytes}`) ?? "";
}

function later(verb: string, args: Head, bytes = ""): Promise<string> {
  return new Promise((resolve) => {
    const text = `${JSON.stringify(["l", ...args])}\n${bytes}`;
    createCryptoService().open?.(verb, text, (kind, answer) => {
      expect(kind).toBe(CallReply.Done);
      resolve(answer);
    });
  });
}

describe("the crypto service", () => {
  it.each<[string, Head, string]>([
    ["pbkdf2", ["p", "s", 1e9, 32, "sha256"], "PBKDF2 iterations"],
    ["scrypt", ["p", "s", 32, { N: 2 ** 24, maxmem: 2 ** 40 }], "scrypt's memory"],
    ["scrypt", ["p", "s", 32, { N: 2, p: 2 ** 29 }], "N × r × p"],
    ["argon2", ["argon2id", { memory: 2 ** 24, passes: 1 }], "Argon2's memory"],
    ["generateKeyPair", ["rsa", { modulusLength: 16_384 }], "RSA key"],
    ["generateKeyPair", ["dh", { primeLength: 4_096 }], "safe prime"],
    ["generatePrime", [4_096], "new prime"],
    ["generatePrime", [64, { add: ["i", "4"], rem: ["i", "2"] }], "never end"],
    ["checkPrime", [["i", "9".repeat(2_000)]], "checked to be prime"],
    ["make", ["dh", 2_048], "Diffie-Hellman prime"],
    ["make", ["dh", ["b", 1_024]], "Diffie-Hellman prime"],
    ["make", ["hash", "shake256", { outputLength: 1e9 }], "put out"],
    ["createPrivateKey", ["x".repeat(20_000)], "bytes"],
    ["createPrivateKey", [{ key: { kty: "RSA", n: "A", d: "x".repeat(20_000) }, format: "jwk" }], "bytes"],
    ["make", ["dh", "f".repeat(512), "hex", ["b", 1_024], "hex"], "Diffie-Hellman"],
  ])("refuses what holds its thread: %s %j", (verb, args, limit) => {
    const answer = ask(verb, args, "x".repeat(1_024));
    expect(answer[0]).toBe("!");
    expect(answer).toContain(limit);
  });

  it.each<[string, Head]>([
    [
      "subtle.deriveBits",
      [{ name: "PBKDF2", iterations: "1000000000", salt: ["b", 0], hash: "SHA-1" }, null, 256],
    ],
    [
      "subtle.deriveBits",
      [{ name: "PBKDF2", iterations: ["l", 4_000_000_000], salt: ["b", 0], hash: "SHA-1" }, null, 256],
    ],
    [
      "subtle.deriveBits",
      [{ name: ["l", "PBKDF2"], iterations: 4e9, salt: ["b", 0], hash: "SHA-1" }, null, 256],
    ],
    [
      "subtle.deriveBits",
      [{ name: "PBKDF2", iterations: 1, salt: ["b", 0], hash: "SHA-1" }, null, ["l", 4e9]],
    ],
    ["subtle.generateKey", [{ name: "RSA-PSS", modulusLength: ["l", 16_384] }, true, ["l", "sign"]]],
    [
      "subtle.importKey",
      ["jwk", { kty: "RSA", n: "A", d: "x".repeat(20_000) }, { name: "RSA-PSS" }, true, ["l"]],
    ],
    ["subtle.generateKey", [{ name: "RSA-PSS", modulusLength: 65_536 }, true, ["l", "sign"]]],
    ["subtle.generateKey", [{ name: "HMAC", hash: "SHA-1", length: 4e9 }, true, ["l", "sign"]]],
    ["generateKeyPair", ["rsa", { modulusLength: 16_384 }]],
  ])("refuses what holds a thread of the pool: %s %j", async (verb, args) => {
    const answer = await later(verb, args);
    expect(answer).toContain("Refused");
  });

  it("refuses an encrypted key that takes many rounds to decrypt", () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const der = privateKey.export({ format: "der", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "s" });
    const rounds = der.indexOf(Buffer.from([0x02, 0x02, 0x08, 0x00]));
    expect(rounds).toBeGreaterThan(0);
    const key = { key: ["b", 0] as unknown[], format: "der", type: "pkcs8", passphrase: "s" };
    const give = (bytes: Buffer): string =>
      ask("createPrivateKey", [{ ...key, key: ["b", bytes.length] }], bytes.toString("latin1"));
    expect(give(der)[0]).toBe("=");
    // The same with four bytes of rounds, and every length around them two longer.
    const many = Buffer.concat([
      der.subarray(0, rounds),
      Buffer.from([0x02, 0x04, 0x7f, 0xff, 0xff, 0xff]),
      der.subarray(rounds + 4),
    ]);
    for (let at = 0; at < rounds; at++) {
      const length = many[at + 1] ?? 0;
      const isAround = many[at] === 0x30 && length < 0x80 && at + 2 + length > rounds;
      if (isAround) many[at + 1] = length + 2;
      else if (many[at] === 0x30 && length === 0x81 && at === 0) many[at + 2] = (many[at + 2] ?? 0) + 2;
    }
    expect(give(many)).toContain("rounds");
  });

  it.each(["setPrivateKey", "setPublicKey", "computeSecret"])(
    "refuses a number of a key exchange that takes minutes: %s",
    (method) => {
      const service = createCryptoService();
      expect(ask("make", ["dh.group", "modp14"], "", service)[0]).toBe("=");
      const bytes = "\xff".repeat(4_096);
      expect(ask("call", [1, method, ["b", 4_096]], bytes, service)).toContain("Diffie-Hellman");
      expect(ask("call", [1, method, "ff".repeat(4_096), "hex"], "", service)).toContain("Diffie-Hellman");
    },
  );

  it("refuses a key in which a number is longer than any key, before it is read", () => {
    const answer = ask("sign.once", ["sha256", ["b", 1], ["k", "private", 20_000]], "x".repeat(20_001));
    expect(answer).toContain("a key of 20000 bytes");
  });

  it("lets environments take turns with what takes long, and tells how long it took", async () => {
    const [one, other] = [createCryptoService(), createCryptoService()];
    const order: string[] = [];
    const derive = (service: typeof one, name: string): Promise<void> =>
      new Promise((resolve) => {
        const text = `${JSON.stringify(["l", "p", "s", 100_000, 32, "sha512"])}\n`;
        service.open?.("pbkdf2", text, () => {
          order.push(name);
          resolve();
        });
      });
    const all = ["a1", "a2", "a3", "a4"].map((name) => derive(one, name));
    await Promise.all([...all, derive(other, "b1")]);
    expect(order.indexOf("b1")).toBeLessThan(order.indexOf("a4"));
    const workedMs = one.takeWorkedMs?.() ?? 0;
    expect(workedMs).toBeGreaterThan(other.takeWorkedMs?.() ?? 0);
    expect(one.takeWorkedMs?.()).toBe(0);
  });

  it("begins nothing of an environment that has ended", async () => {
    const [ended, other] = [createCryptoService(), createCryptoService()];
    const heard: string[] = [];
    const text = (rounds: number): string => `${JSON.stringify(["l", "p", "s", rounds, 32, "sha512"])}\n`;
    for (let count = 0; count < 50; count++)
      ended.open?.("pbkdf2", text(10_000_000), () => heard.push("ended"));
    ended.dispose?.();
    await new Promise<void>((resolve) => {
      other.open?.("pbkdf2", text(1), () => resolve());
    });
    expect(heard).toEqual([]);
  });

  it("keeps the last thousand objects, and says so of others", () => {
    const service = createCryptoService();
    for (let count = 0; count < 1_001; count++) ask("make", ["hash", "sha1"], "", service);
    expect(ask("call", [1, "digest"], "", service)).toContain("at most 1000");
    expect(ask("call", [2, "digest"], "", service)[0]).toBe("=");
    expect(ask("call", [3, "constructor"], "", service)).toContain("no such method");
  });

  it("takes no text for more than it is", () => {
    const argument = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => `${json}\nbytes`),
    );
    const verb = fc.constantFrom(
      "hash",
      "make",
      "call",
      "sign",
      "key.export",
      "constructor",
      "__proto__",
      "",
    );
    const service = createCryptoService();
    fc.assert(
      fc.property(verb, argument, (name, text) => {
        expect(service.ask?.(name, text)).toMatch(/^[=!]/);
      }),
    );
  });

  it("goes on after its environment has ended", async () => {
    const service = createCryptoService();
    const open = service.open?.("pbkdf2", `${JSON.stringify(["l", "p", "s", 1, 8, "sha1"])}\n`, () => {
      throw new Error("Nobody is there to hear it.");
    });
    service.dispose?.();
    open?.end();
    expect(await later("pbkdf2", ["p", "s", 1, 8, "sha1"])).toMatch(/^=/);
  });
});
