import nodeCrypto from "node:crypto";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/index.ts";
import { makeBench, PLACEMENT } from "./helpers.ts";

const hostRequire = createRequire(import.meta.url);

/** What `expression` comes to, in Node and in a guest: a value that JSON takes, or the name, code and message of an error. */
const EVALUATE = `async (require, expression) => {
  const crypto = require("node:crypto");
  const zlib = require("node:zlib");
  try {
    const make = new Function("require", "crypto", "zlib", "return (async () => (" + expression + "))()");
    return await make(require, crypto, zlib);
  } catch (error) {
    return { name: error.name, code: error.code, errno: error.errno, message: error.message };
  }
}`;

const engine = new Engine({ isolation: PLACEMENT, cells: { count: 1, prepared: 0, spares: 0 } });
afterAll(() => engine.close());
beforeAll(async () => {
  const source = `const evaluate = ${EVALUATE}; exports.handler = (text) => evaluate(require, text);`;
  await engine.deploy("fn", { code: { source }, permissions: { eval: true }, timeoutMs: 20_000 });
});

async function both(expression: string): Promise<{ node: unknown; guest: unknown }> {
  const evaluate = (0, eval)(`(${EVALUATE})`) as (require: NodeJS.Require, text: string) => Promise<unknown>;
  const node: unknown = JSON.parse(JSON.stringify(await evaluate(hostRequire, expression)));
  const result = await engine.invoke("fn", expression);
  return { node, guest: result.status === "succeeded" ? result.payload : result };
}

const KEY = `Buffer.alloc(32, 7)`;

describe("node:crypto is as Node's", () => {
  it.each([
    ["hashes", `crypto.createHash("sha256").update("abc").update("ü", "utf8").digest("hex")`],
    [
      "long hashes and their copies",
      `(() => { const h = crypto.createHash("sha1"); for (let i = 0; i < 20; i++) h.update("x".repeat(10000)); const c = h.copy(); return [h.digest("hex"), c.update("y").digest("base64")]; })()`,
    ],
    [
      "hashes of a length of one's own",
      `crypto.createHash("shake256", { outputLength: 20 }).update("q").digest("hex")`,
    ],
    [
      "hashes as streams",
      `(async () => { const h = crypto.createHash("md5"); await require("stream/promises").pipeline(require("stream").Readable.from([Buffer.from("ab"), Buffer.from("c")]), h); return [h.read().toString("hex"), h instanceof require("stream").Transform]; })()`,
    ],
    ["unknown hashes", `crypto.createHash("nope")`],
    ["hashes used twice", `(() => { const h = crypto.createHash("sha1"); h.digest(); h.update("x"); })()`],
    ["updates of a wrong type", `crypto.createHash("sha1").update(5)`],
    [
      "message authentication",
      `crypto.createHmac("sha512", crypto.createSecretKey("6b6579", "hex")).update("abc").digest("base64url")`,
    ],
    [
      "authenticated ciphers",
      `(() => { const c = crypto.createCipheriv("aes-256-gcm", ${KEY}, Buffer.alloc(12)); c.setAAD(Buffer.from("a")); const x = c.update("hello", "utf8", "hex") + c.final("hex"); const d = crypto.createDecipheriv("aes-256-gcm", ${KEY}, Buffer.alloc(12)); d.setAAD(Buffer.from("a")); d.setAuthTag(c.getAuthTag()); return [x, c.getAuthTag().toString("hex"), d.update(x, "hex", "utf8") + d.final("utf8")]; })()`,
    ],
    [
      "encodings across updates",
      `(() => { const c = crypto.createCipheriv("aes-256-ctr", ${KEY}, Buffer.alloc(16)); return c.update("a", "utf8", "base64") + c.update("bcdef", "utf8", "base64") + c.final("base64"); })()`,
    ],
    ["keys of a wrong length", `crypto.createCipheriv("aes-128-cbc", "short", Buffer.alloc(16))`],
    [
      "forged texts",
      `crypto.createDecipheriv("aes-256-gcm", ${KEY}, Buffer.alloc(12)).setAuthTag(Buffer.alloc(16)).final()`,
    ],
    [
      "pbkdf2",
      `new Promise((r) => crypto.pbkdf2("p", "s", 1000, 32, "sha256", (e, k) => r([e, k.toString("hex")])))`,
    ],
    ["scrypt", `crypto.scryptSync("p", "s", 32, { N: 1024 }).toString("hex")`],
    ["hkdf", `Buffer.from(crypto.hkdfSync("sha256", "k", "s", "i", 40)).toString("hex")`],
    ["comparing", `crypto.timingSafeEqual(Buffer.from("a"), Buffer.from("ab"))`],
    [
      "a deterministic signature",
      `(() => { const k = crypto.createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }, format: "jwk" }); return [crypto.sign(null, Buffer.from("m"), k).toString("hex"), k.asymmetricKeyType, k.export({ format: "pem", type: "pkcs8" })]; })()`,
    ],
    ["what is no key", `crypto.createPrivateKey("nothing")`],
    [
      "elliptic curves",
      `(() => { const a = crypto.createECDH("secp256k1"); a.setPrivateKey(Buffer.alloc(32, 7)); return [a.getPublicKey("hex", "compressed"), a.computeSecret(a.getPublicKey()).toString("hex")]; })()`,
    ],
    [
      "primes",
      `[crypto.checkPrimeSync(7n), crypto.checkPrimeSync(9n), crypto.generatePrimeSync(32).constructor.name]`,
    ],
    [
      "what it knows of ciphers",
      `[crypto.getCipherInfo("aes-128-gcm"), crypto.getCurves(), crypto.constants.RSA_PKCS1_PSS_PADDING]`,
    ],
    [
      "keys of Web Crypto",
      `(async () => { const k = crypto.createSecretKey(${KEY}).toCryptoKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"]); return [k.algorithm, k.usages, k.extractable, Buffer.from(await crypto.subtle.sign("HMAC", k, Buffer.from("m"))).toString("hex")]; })()`,
    ],
  ])("in %s", async (_name, expression) => {
    const { node, guest } = await both(expression);
    expect(guest).toEqual(node);
  });

  it("in signatures, which each verifies of the other", async () => {
    const bench = makeBench();
    await bench.deploy(`
      const crypto = require("crypto");
      exports.handler = ({ publicKey, privateKey, signature }) => {
        const pss = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING };
        const verified = crypto.createVerify("RSA-SHA256").update("m").verify({ key: publicKey, ...pss }, signature, "base64");
        return [verified, crypto.createSign("RSA-SHA256").update("m").sign({ key: privateKey, passphrase: "s", ...pss }, "base64")];
      };`);
    const { publicKey, privateKey } = nodeCrypto.generateKeyPairSync("rsa", {
      modulusLength: 2_048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "s" },
    });
    const padding = nodeCrypto.constants.RSA_PKCS1_PSS_PADDING;
    const own = { key: privateKey, passphrase: "s", padding };
    const signature = nodeCrypto.createSign("RSA-SHA256").update("m").sign(own, "base64");
    const { payload } = await bench.succeed({ publicKey, privateKey, signature });
    const [verified, theirs] = payload as [boolean, string];
    expect(verified).toBe(true);
    const verifier = nodeCrypto.createVerify("RSA-SHA256").update("m");
    expect(verifier.verify({ key: publicKey, padding }, theirs, "base64")).toBe(true);
  });
});

describe("node:zlib is as Node's", () => {
  it.each([
    ...["gzip", "deflate", "deflateRaw", "brotliCompress"].map((name) => [
      name,
      `zlib.${name}Sync("hello ".repeat(100000)).toString("base64")`,
    ]),
    ["round trips", `zlib.zstdDecompressSync(zlib.zstdCompressSync("x".repeat(3000000))).length`],
    ["what is broken", `zlib.inflateSync(Buffer.from("zzzz"))`],
    ["what is cut off", `zlib.gunzipSync(zlib.gzipSync("hello").subarray(0, 12))`],
    ["what is too large", `zlib.gunzipSync(zlib.gzipSync(Buffer.alloc(1e6)), { maxOutputLength: 100 })`],
    ["options that are wrong", `zlib.gzipSync("x", { level: 99 })`],
    ["dictionaries", `zlib.inflateSync(zlib.deflateSync("hello", { dictionary: Buffer.from("hello") }))`],
    [
      "members and what follows them",
      `zlib.gunzipSync(Buffer.concat([zlib.gzipSync("a"), zlib.gzipSync("b"), Buffer.alloc(9, 1)])).toString()`,
    ],
    ["checksums", `[zlib.crc32("abc"), zlib.crc32(Buffer.from("def"), zlib.crc32("abc"))]`],
    [
      "streams",
      `(async () => { let n = 0; await require("stream/promises").pipeline(require("stream").Readable.from([zlib.gzipSync(Buffer.alloc(3e6))]), zlib.createGunzip(), async (s) => { for await (const c of s) n += c.length; }); return n; })()`,
    ],
    [
      "errors of streams",
      `new Promise((r, j) => zlib.createGunzip().on("error", j).on("data", r).end(Buffer.from("zzzz")))`,
    ],
    [
      "what packages inherit and reach for",
      `(() => { function Own() { zlib.Inflate.call(this); } require("util").inherits(Own, zlib.Inflate); return new Own()._processChunk(zlib.deflateSync("own"), 4).toString(); })()`,
    ],
  ] as [string, string][])("in %s", async (_name, expression) => {
    const { node, guest } = await both(expression);
    expect(guest).toEqual(node);
  });
});

describe("node:dns", () => {
  it("looks up what is granted, and says what to grant of the rest", async () => {
    const bench = makeBench();
    const source = `
      const dns = require("dns");
      const lookup = (name) => new Promise((done) =>
        dns.lookup(name, { all: true }, (error, list) => done(error ? [error.code, error.syscall] : list)));
      exports.handler = async () => {
        const denied = await require("dns/promises").resolve4("example.com").catch((error) => [error.code, error.message]);
        return { address: await lookup("10.1.2.3"), local: await lookup("localhost"), missing: await lookup("no.invalid"), denied };
      };`;
    await bench.deploy(source, { permissions: { net: { hosts: ["localhost", "no.invalid"] } } });
    const { payload } = await bench.succeed();
    expect(payload).toMatchObject({
      address: [{ address: "10.1.2.3", family: 4 }],
      missing: [expect.stringMatching(/^E(NOTFOUND|AI_AGAIN)$/), "getaddrinfo"],
      denied: ["ERR_ACCESS_DENIED", expect.stringContaining('hosts: ["example.com"]')],
    });
    expect((payload as { local: { address: string }[] }).local[0]?.address).toMatch(/^(127\.|::1)/);
  });
});
