/** Services: what the cell computes for a guest, with its own thread, memory and Node's other threads. */
import { brotliCompressSync, gzipSync } from "node:zlib";
import { attackMaker, EXIT, LIMIT, MEMORY, OK, TIMEOUT } from "../attack.ts";
import type { Attack, AttackSettings } from "../attack.ts";

const { body, module } = attackMaker("services");
const ENDS = [TIMEOUT, LIMIT];
const FULL = [MEMORY, LIMIT, "RangeError", TIMEOUT, EXIT];
const CRYPTO = `const c = await import("node:crypto");`;
const ZLIB = `const z = await import("node:zlib");`;

/** Has what it asks for refused, and says how. */
const refused = (name: string, code: string, right: unknown, settings: AttackSettings = {}): Attack =>
  body(`${name}, refused`, `try { ${code} } catch (error) { return error.code ?? error.name; }`, [OK], {
    // Not a matter of time: they are refused before anything is computed.
    timeoutMs: 2_000,
    ...settings,
    returns: right,
  });

const OVER = "ERR_OUT_OF_RANGE";
const PBKDF2_KEY = `const key = await crypto.subtle.importKey("raw", new Uint8Array(8), "PBKDF2", false, ["deriveBits"]);`;
const derive = (fields: string, bits: string): string =>
  `${PBKDF2_KEY} await crypto.subtle.deriveBits({ name: "PBKDF2", iterations: 1, salt: new Uint8Array(8), hash: "SHA-512", ${fields} }, key, ${bits});`;

const megabyte = gzipSync(Buffer.alloc(1_048_576)).toString("base64");
const brotli = brotliCompressSync(Buffer.alloc(33_554_432)).toString("base64");

const COSTS: readonly Attack[] = [
  body(
    "derived keys by the thousand",
    `${CRYPTO} for (let i = 0; i < 900; i++) c.pbkdf2("p", "s", 1e6, 32, "sha512", () => {}); await new Promise(() => {});`,
    ENDS,
  ),
  body(
    "scrypt by the thousand",
    `${CRYPTO} for (let i = 0; i < 900; i++) c.scrypt("p", "s", 32, { N: 2 ** 17, maxmem: 2 ** 28 }, () => {}); await new Promise(() => {});`,
    ENDS,
  ),
  body(
    "derived keys over the CPU time",
    `${CRYPTO} for (;;) await new Promise((done) => c.pbkdf2("p", "s", 1e5, 32, "sha512", done));`,
    [LIMIT],
    { timeoutMs: 2_000, limits: { cpuMs: 150 } },
  ),
  body(
    "RSA keys by the hundred",
    `${CRYPTO} for (let i = 0; i < 300; i++) c.generateKeyPair("rsa", { modulusLength: 3072 }, () => {}); await new Promise(() => {});`,
    ENDS,
  ),
  body(
    "digests of megabytes by the thousand",
    `const bytes = new Uint8Array(4e6); const all = []; for (let i = 0; i < 900; i++) all.push(crypto.subtle.digest("SHA-512", bytes)); await Promise.all(all);`,
    [...FULL, OK],
  ),
  refused(
    "derived key's rounds in a list",
    derive("iterations: [4294967295]", "256"),
    "ERR_INVALID_ARG_TYPE",
  ),
  refused("derived key's length in a list", derive("", "[4294967288]"), "ERR_INVALID_ARG_TYPE"),
  refused(
    "RSA key's length in a list",
    `await crypto.subtle.generateKey({ name: "RSA-PSS", modulusLength: [16384], publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, true, ["sign"]);`,
    "ERR_INVALID_ARG_TYPE",
  ),
  refused(
    "key exchange with a number of a megabyte",
    `${CRYPTO} const d = c.createDiffieHellman(c.getDiffieHellman("modp1").getPrime()); d.setPrivateKey(Buffer.alloc(1e6, 255)); d.generateKeys();`,
    OVER,
  ),
  refused(
    "private key with a number of 30 KB",
    `${CRYPTO} c.createPrivateKey({ key: { kty: "RSA", n: "_w", e: "AQAB", d: "_".repeat(40000), p: "_w", q: "_w", dp: "_w", dq: "_w", qi: "_w" }, format: "jwk" });`,
    OVER,
  ),
  refused(
    "compression in blocks of 16 MB",
    `${ZLIB} z.brotliCompressSync("x", { params: { [z.constants.BROTLI_PARAM_LGBLOCK]: 24 } });`,
    OVER,
  ),
  refused(
    "windows of gigabytes by another number",
    `${ZLIB} new z.ZstdCompress({ params: { ["0x" + z.constants.ZSTD_c_windowLog.toString(16)]: 31 } });`,
    OVER,
  ),
  body(
    "compression at its slowest",
    `${ZLIB} const bytes = crypto.getRandomValues(new Uint8Array(65536)); for (;;) z.brotliCompressSync(bytes, { params: { [z.constants.BROTLI_PARAM_QUALITY]: 11 } });`,
    ENDS,
  ),
];

const MEMORIES: readonly Attack[] = [
  body("random bytes, two billion", `${CRYPTO} return c.randomBytes(2 ** 31 - 1).length;`, FULL),
  body(
    "random bytes in a loop, kept",
    `${CRYPTO} const keep = []; for (;;) keep.push(c.randomBytes(1048576));`,
    FULL,
  ),
  body(
    "gzip bomb of a thousand members",
    `${ZLIB} const part = Buffer.from("${megabyte}", "base64"); return z.gunzipSync(Buffer.concat(Array(1000).fill(part))).length;`,
    FULL,
    { timeoutMs: 600 },
  ),
  body(
    "brotli bomb",
    `${ZLIB} const keep = []; for (;;) keep.push(z.brotliDecompressSync(Buffer.from("${brotli}", "base64")));`,
    FULL,
    { timeoutMs: 600 },
  ),
  body(
    "gzip bomb as a stream, read and dropped",
    `const part = Buffer.from("${megabyte}", "base64"); const all = new Blob(Array(500).fill(part)).stream().pipeThrough(new DecompressionStream("gzip")); let size = 0; for await (const chunk of all) size += chunk.length; return size;`,
    [...FULL, OK],
  ),
  body(
    "a hundred thousand codecs, never closed",
    `${ZLIB} const keep = []; for (let i = 0; i < 1e5; i++) keep.push(z.createGzip());`,
    [...FULL, OK],
  ),
  body(
    "codecs with the largest windows, never closed",
    `${ZLIB} const keep = []; for (let i = 0; i < 1000; i++) { const s = z.createBrotliCompress({ params: { [z.constants.BROTLI_PARAM_LGWIN]: 24 } }); s.write(Buffer.alloc(65536)); keep.push(s); }`,
    [...FULL, OK],
  ),
  body(
    "a hundred thousand hashes, never digested",
    `${CRYPTO} const keep = []; for (let i = 0; i < 1e5; i++) { const h = c.createHash("sha512"); h.update("x"); keep.push(h); }`,
    [...FULL, OK, "Error"],
  ),
  module(
    "codecs left behind by each invocation",
    `import { createGunzip } from "node:zlib"; const keep = []; export const handler = async ({ n }) => { for (let i = 0; i < 100; i++) { const s = createGunzip(); s.write("x"); s.on("error", () => {}); keep.push(s); } return n; };`,
    [],
    { steps: [1, 2, 3].map((n) => ({ payload: { n }, expect: [OK], returns: n })) },
  ),
];

const FS: readonly Attack[] = [
  ["empty files", `for (let i = 0; ; i++) fs.writeFileSync("/tmp/f" + i, "");`],
  ["empty folders", `for (let i = 0; ; i++) fs.mkdirSync("/tmp/d" + i);`],
  ["folders in folders", `let path = "/tmp"; for (;;) fs.mkdirSync((path += "/d"));`],
  ["long names", `for (let i = 0; ; i++) fs.writeFileSync("/tmp/" + i + "n".repeat(100000), "");`],
  ["a sparse file by truncation", `fs.writeFileSync("/tmp/f", ""); fs.truncateSync("/tmp/f", 1e12);`],
  ["a sparse file by position", `const fd = fs.openSync("/tmp/f", "w"); fs.writeSync(fd, "x", 1e12);`],
  [
    "files appended to at once",
    `const all = []; for (let i = 0; i < 1000; i++) all.push(fs.promises.appendFile("/tmp/f", "x".repeat(1e6))); await Promise.all(all);`,
  ],
  ["files opened", `fs.writeFileSync("/tmp/f", ""); for (;;) fs.openSync("/tmp/f", "r");`],
  [
    "files removed while open",
    `for (;;) { const fd = fs.openSync("/tmp/f", "w"); fs.writeSync(fd, Buffer.alloc(1e6)); fs.unlinkSync("/tmp/f"); }`,
  ],
  ["a name of 64 MB", `fs.readFileSync("/var/task/" + "x/".repeat(3e6));`],
].map(([name = "", code = ""]) =>
  body(`fs: ${name}`, `const fs = await import("node:fs"); ${code}`, [
    ...FULL,
    "Error",
    "TypeError",
    "ENOSPC",
  ]),
);

export const services: readonly Attack[] = [...COSTS, ...MEMORIES, ...FS];
