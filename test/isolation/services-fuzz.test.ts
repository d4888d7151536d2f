/**
 * Guests that call whatever there is with whatever there is: no sequence of calls costs a cell, breaks the protocol, fails in
 * a service of ours in a way that nobody thought of, or goes past the deadline. `ISOLET_FUZZ_RUNS` and `ISOLET_FUZZ_SEED` make
 * it longer and another one.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Engine } from "../../src/index.ts";

const RUNS = Number(process.env["ISOLET_FUZZ_RUNS"] ?? 40);
const SEED = Number(process.env["ISOLET_FUZZ_SEED"] ?? 20_261_122);
const TIMEOUT_MS = 3_000;
/** What an answer may take beyond its deadline on a machine that is shared. */
const LATE_MS = 5_000;

/** Does the calls of the event one after the other, on modules and on what earlier calls gave. */
const GUEST = `
const MODULES = ["crypto", "zlib", "module", "fs", "dns", "http", "util", "v8", "stream", "buffer", "url", "async_hooks", "worker_threads", "vm"];
const roots = [...MODULES.map((name) => require(name)), crypto, crypto.subtle, { fetch, Request, Response, Headers, CompressionStream, DecompressionStream, structuredClone, TextDecoder }];
let results = [];
const made = (arg) => {
  if (Array.isArray(arg)) return arg.map(made);
  if (typeof arg !== "object" || arg === null) return arg;
  if ("bytes" in arg) return Buffer.alloc(arg.bytes, 7);
  if ("big" in arg) return BigInt(arg.big);
  if ("fn" in arg) return () => arg.fn;
  if ("earlier" in arg) return results.length ? results[arg.earlier % results.length] : undefined;
  if ("nothing" in arg) return undefined;
  return Object.fromEntries(Object.entries(arg).map(([key, value]) => [key, made(value)]));
};
const namesOf = (target) => {
  const names = new Set();
  for (let at = target; at && at !== Object.prototype && at !== Function.prototype; at = Object.getPrototypeOf(at)) for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  return [...names];
};
exports.handler = async (steps) => {
  const wrong = [];
  results = [];
  for (const { on, root, name, isNew, args } of steps) {
    try {
      const target = on === null ? roots[root % roots.length] : results.length ? results[on % results.length] : roots[0];
      if (target === null || (typeof target !== "object" && typeof target !== "function")) continue;
      const names = namesOf(target);
      if (names.length === 0) continue;
      const act = target[names[name % names.length]];
      if (typeof act !== "function") continue;
      const got = isNew ? new act(...args.map(made)) : act.apply(target, args.map(made));
      results.push(await Promise.race([got, new Promise((go) => setTimeout(go, 20))]));
    } catch (error) {
      const message = String(error?.message);
      if (/service failed|Cannot read properties of undefined \\(reading '#|is not iterable \\(cannot read|isolated-vm|dist\\/cell/.test(message)) wrong.push(message);
    }
  }
  return wrong;
};`;

const ODD = [0, 1, -1, 0.5, NaN, 1e3, 65_536, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 31), 1e308];
const WORDS = [
  ...[
    "",
    "x",
    "sha256",
    "aes-256-gcm",
    "rsa",
    "ec",
    "P-256",
    "modp14",
    "hex",
    "base64",
    "jwk",
    "pkcs8",
    "raw",
    "der",
    "pem",
  ],
  ...[
    "__proto__",
    "constructor",
    "../../etc/passwd",
    "/tmp/f",
    "/var/task/index.js",
    "r+",
    "a",
    "AES-GCM",
    "PBKDF2",
    "RSA-PSS",
  ],
  ...["http://127.0.0.1:1/", "node:fs", "\0", "\ud800", "x".repeat(5_000)],
];
const NAMES = [
  ...[
    "name",
    "length",
    "iterations",
    "salt",
    "hash",
    "key",
    "format",
    "type",
    "modulusLength",
    "namedCurve",
    "level",
  ],
  ...[
    "windowBits",
    "chunkSize",
    "dictionary",
    "params",
    "maxOutputLength",
    "flag",
    "encoding",
    "recursive",
    "method",
    "headers",
  ],
  ...[
    "body",
    "publicExponent",
    "outputLength",
    "N",
    "r",
    "p",
    "maxmem",
    "cost",
    "__proto__",
    "toJSON",
    "then",
  ],
];
const argument = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    fc.constantFrom(...ODD),
    fc.constantFrom(...WORDS),
    fc.constantFrom(null, true, false, { nothing: 1 }, { big: "12345678901234567890" }, { fn: 1 }),
    fc.record({ bytes: fc.constantFrom(0, 1, 12, 16, 32, 1_000, 1_000_000) }),
    fc.record({ earlier: fc.nat(20) }),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie("any"), { maxKeys: 4 }),
  ),
})).any;
const steps = fc.array(
  fc.record({
    on: fc.option(fc.nat(20), { freq: 2 }),
    root: fc.nat(100),
    name: fc.nat(1_000),
    isNew: fc.boolean(),
    args: fc.array(argument, { maxLength: 5 }),
  }),
  { minLength: 8, maxLength: 30 },
);

it(
  "no sequence of calls to the runtime's services harms a cell",
  { timeout: 600_000, retry: 0 },
  async () => {
    await using engine = new Engine({ isolation: "process", cells: { count: 1 } });
    const told: string[] = [];
    engine.on("error", (error) => told.push(String(error)));
    await engine.deploy("fuzzed", { code: { source: GUEST }, timeoutMs: TIMEOUT_MS, memoryMb: 64 });
    await fc.assert(
      fc.asyncProperty(steps, async (event) => {
        const startedMs = performance.now();
        told.length = 0;
        const result = await engine.invoke("fuzzed", event);
        expect(performance.now() - startedMs).toBeLessThan(TIMEOUT_MS + LATE_MS);
        if (result.status === "succeeded") expect(result.payload).toEqual([]);
        else {
          expect(result.error.errorType).not.toMatch(/CellLost|Protocol/);
          expect(result.error.errorMessage).not.toMatch(/service failed|isolated-vm|dist\/cell/);
        }
        // What it says of a lost cell.
        expect(told.join("\n")).toBe("");
      }),
      { numRuns: RUNS, seed: SEED },
    );
  },
);
