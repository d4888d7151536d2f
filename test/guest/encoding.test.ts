import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { both, Guest } from "./support/guest.ts";

const guest = new Guest();
afterAll(() => guest[Symbol.dispose]());

function expectSame(expression: string): void {
  const result = both(guest, expression);
  // The libraries' errors have Node's names, and no codes.
  delete (result.node as { code?: unknown }).code;
  expect(result.guest).toMatchObject(result.node as object);
}

describe("TextEncoder and TextDecoder", () => {
  it.each([
    `[...new TextEncoder().encode("aé€😀\\ud800")]`,
    `[...new TextEncoder().encode()]`,
    `new TextEncoder().encodeInto("é€", new Uint8Array(4))`,
    `[new TextEncoder().encoding, new TextDecoder().encoding, new TextDecoder("latin1").encoding]`,
    `new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 97]))`,
    `new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf, 97])).length`,
    `new TextDecoder().decode(new Uint8Array([0xff, 0xc3, 97, 0xe2, 0x82]))`,
    `new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff]))`,
    `new TextDecoder("utf-16le").decode(new Uint8Array([97, 0, 0x3d, 0xd8]))`,
    `new TextDecoder("nope")`,
    `((d) => d.decode(new Uint8Array([0xe2, 0x82]), { stream: true }) + d.decode(new Uint8Array([0xac])))(new TextDecoder())`,
    `new TextDecoder().decode(new DataView(new Uint8Array([97, 98, 99]).buffer, 1))`,
    `new TextDecoder().decode(new Uint8Array([97, 98]).buffer)`,
  ])("%s is as in Node", expectSame);

  it("encodes and decodes any text as Node does", () => {
    const text = fc
      .string({ unit: "binary", maxLength: 60 })
      .map((it) => it + "\ud800".repeat(it.length % 2));
    fc.assert(
      fc.property(text, (value) => {
        guest.set("text", value);
        expect(guest.json("[...new TextEncoder().encode(text)]")).toEqual([
          ...new TextEncoder().encode(value),
        ]);
        expect(guest.json("new TextDecoder().decode(new TextEncoder().encode(text))")).toBe(
          new TextDecoder().decode(new TextEncoder().encode(value)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("decodes any bytes as Node does", () => {
    const byte = fc.oneof(
      fc.constantFrom(0xc3, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0),
      fc.nat(255),
    );
    fc.assert(
      fc.property(fc.array(byte), (bytes) => {
        guest.set("bytes", bytes);
        expect(guest.json("new TextDecoder().decode(Uint8Array.from(bytes))")).toBe(
          new TextDecoder().decode(Uint8Array.from(bytes)),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe("atob and btoa", () => {
  it.each([
    ...[
      `btoa("hello")`,
      `btoa("")`,
      `btoa("é")`,
      `btoa("€")`,
      `btoa(12)`,
      `btoa()`,
      `btoa(null)`,
      `atob("aGVsbG8=")`,
    ],
    ...[
      `atob(" aGVs\\nbG8 ")`,
      `atob("aGVsbG8")`,
      `atob("a")`,
      `atob("ab==c")`,
      `atob("=")`,
      `atob("a===")`,
      `atob("ab=")`,
    ],
    ...[`atob("")`, `atob("!!!!")`, `atob("-_-_")`, `atob()`, `atob("YQ===")`, `atob(null)`, `atob("YR==")`],
  ])("%s is as in Node", (expression) => {
    expectSame(expression);
  });

  it("are inverse", () => {
    const bytes = fc.array(fc.nat(255)).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(bytes, (text) => {
        guest.set("text", text);
        expect(guest.json("[btoa(text), atob(btoa(text))]")).toEqual([btoa(text), text]);
      }),
    );
  });
});

describe("Buffer", () => {
  it.each([
    ...["utf8", "hex", "base64", "base64url", "latin1", "ascii", "utf16le", "BASE64URL"].flatMap(
      (encoding) => [
        ...(encoding === "hex" ? [] : [`Buffer.from("aé€😀?>~", "${encoding}").toJSON()`]),
        `Buffer.from([0, 250, 251, 252, 253, 254, 255, 62, 63]).toString("${encoding}")`,
        `Buffer.byteLength(${encoding.startsWith("b") || encoding.startsWith("B") ? `"YWJj"` : `"aé€😀"`}, "${encoding}")`,
        `Buffer.isEncoding("${encoding}")`,
      ],
    ),
    `Buffer.from("-_-_YWI", "base64url").toString("hex")`,
    `Buffer.alloc(4).write("base64url")`,
    `((b) => [b.write("YWI_", "base64url"), b.toString("hex")])(Buffer.alloc(5))`,
    `Buffer.alloc(6, "YWI", "base64url").toString("hex")`,
    `Buffer.concat([Buffer.from("a"), new Uint8Array([98])]).toString()`,
    `((b) => (b.writeUInt32BE(0xdeadbeef, 0), b.writeDoubleLE(1.5, 4), b.toString("hex")))(Buffer.alloc(12))`,
    `Buffer.from("abc").subarray(1).toString()`,
    `Buffer.from(new Uint8Array([1, 2, 3]).buffer, 1, 1).toJSON()`,
    `[Buffer.compare(Buffer.from("a"), Buffer.from("b")), Buffer.from("a").equals(Buffer.from("a"))]`,
    `Buffer.from("hello world").indexOf("world")`,
    `Buffer.isBuffer(Buffer.from("")) && Buffer.from("") instanceof Uint8Array`,
    `Buffer.from("x", "nope")`,
    `Buffer.from(5)`,
    `JSON.parse(JSON.stringify({ b: Buffer.from("hi") }))`,
    `Buffer.from("ffzz", "hex").length`,
    `Buffer.from("abc").readBigUInt64LE(0)`,
  ])("%s is as in Node", (expression) => {
    expectSame(expression);
  });

  it("decodes what it encodes, in any encoding", () => {
    const encodings = fc.constantFrom<BufferEncoding>(
      "hex",
      "base64",
      "base64url",
      "latin1",
      "utf8",
      "utf16le",
    );
    fc.assert(
      fc.property(fc.array(fc.nat(255)), encodings, (bytes, encoding) => {
        guest.set("args", [bytes, encoding]);
        const text = guest.run(`Buffer.from(args[0]).toString(args[1])`) as string;
        expect(text).toBe(Buffer.from(bytes).toString(encoding));
        expect(
          guest.json(`Buffer.from(Buffer.from(args[0]).toString(args[1]), args[1]).toJSON().data`),
        ).toEqual([...Buffer.from(text, encoding)]);
      }),
      { numRuns: 300 },
    );
  });
});
