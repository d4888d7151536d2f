/** Modules: what the loader of artifacts is asked for, and the files that it reads. */
import { attackMaker, EXIT, LIMIT, MEMORY, OK, TIMEOUT, UNHANDLED } from "../attack.ts";
import type { Attack, AttackSettings } from "../attack.ts";

const { module } = attackMaker("modules");
const FULL = [MEMORY, LIMIT, "RangeError", TIMEOUT, EXIT];

type Files = Readonly<Record<string, string>>;

const loads = (
  name: string,
  code: string,
  expect: readonly string[],
  extra: AttackSettings & { files?: Files; returns?: unknown } = {},
): Attack => module(name, `exports.handler = async (event) => { ${code} };`, expect, { files: {}, ...extra });

/** Gives the codes of what `names` are refused with, each once. */
const codes = (load: string, names: string): string =>
  `const out = new Set(); for (const name of ${names}) try { out.add(typeof (await ${load})); } catch (error) { out.add(error.code); } return [...out].sort();`;

const NAMES = `["../../etc/passwd", "/etc/passwd", "/proc/self/environ", "..%2f..%2fetc/passwd", "./\\0", "x\\0.js", "file:///etc/passwd", "file://host/etc/passwd", "node_modules/../../../etc/passwd", "evil/../../../etc/passwd", "evil/secret", "./INDEX.js", "\\\\etc\\\\passwd", "isolated-vm", "C:/x", "http://127.0.0.1/x.js", "data:text/javascript,1", "blob:x", "node:internal/x", "isolet:user", "isolet:own", "isolet:runtime-module"]`;

const EVIL: Files = {
  "node_modules/evil/package.json": `{ "exports": { ".": "./../../../etc/passwd", "./a": "/etc/passwd", "./b": "./node_modules/x", "./c": "./%2e%2e/x", "./*": "./*/../*" } }`,
  "node_modules/stars/package.json": JSON.stringify({ exports: { "./*": `./${"*".repeat(50_000)}` } }),
  "node_modules/deep/package.json": `{ "exports": ${'{"node":'.repeat(20_000)}"./x.js"${"}".repeat(20_000)} }`,
  "node_modules/wide/package.json": JSON.stringify({ exports: Array.from({ length: 50_000 }, () => "../x") }),
  "node_modules/proto/package.json": `{ "__proto__": { "main": "x" }, "exports": { "__proto__": "./x.js", ".": { "__proto__": "./x.js" } } }`,
};
const CYCLE: Files = {
  "a.js": `exports.b = require("./b"); exports.handler = 1;`,
  "b.js": `exports.c = require("./c");`,
  "c.js": `exports.a = require("./a");`,
  "d.mjs": `import "./e.mjs"; export const d = 1;`,
  "e.mjs": `import { d } from "./d.mjs"; export const e = () => d;`,
};

export const modules: readonly Attack[] = [
  loads("paths out of the artifact, by require", codes("require(name)", NAMES), [OK], {
    files: EVIL,
    returns: ["ERR_INVALID_PACKAGE_TARGET", "MODULE_NOT_FOUND"],
  }),
  loads("paths out of the artifact, by import()", codes("import(name)", NAMES), [OK], { files: EVIL }),
  loads(
    "packages that lead out of themselves, in circles or into the deep",
    codes(
      "require(name)",
      `["evil", "evil/a", "evil/b", "evil/x", "stars/" + "x".repeat(4000), "deep", "wide", "proto", "proto/__proto__"]`,
    ),
    [OK],
    { files: EVIL, timeoutMs: 2_000 },
  ),
  loads(
    "links of the loader's own root",
    `const fs = require("fs"); return [fs.existsSync("/.isolet"), fs.readdirSync("/").includes(".isolet")];`,
    [OK],
    { files: CYCLE, returns: [false, false], timeoutMs: 1_500 },
  ),
  loads(
    "folders looked in by the hundred thousand",
    `return require("module")._nodeModulePaths("/a".repeat(2e5)).length;`,
    ["Error", "RangeError"],
  ),
  loads("a file as deep", `return require.extensions[".js"]({ filename: "x" }, "/a".repeat(2e5));`, [
    "Error",
    "RangeError",
  ]),
  loads(
    "names by the million",
    `for (let i = 0; ; i++) { try { require("./" + i + "/../" + "./".repeat(100) + "a.js"); } catch {} try { require("module")._nodeModulePaths("/" + i); } catch {} }`,
    FULL,
    { files: CYCLE },
  ),
  loads(
    "paths that begin nowhere",
    `const Module = require("module"); const out = [Module._nodeModulePaths("x").length, Module._nodeModulePaths("./..").length]; for (const name of ["x", "./x.js", "", "../x"]) try { require.extensions[".js"](new Module(name), name); } catch (error) { out.push(error.code); } return out;`,
    [OK],
    {
      timeoutMs: 2_000,
      files: CYCLE,
    },
  ),
  loads("import() by the million", `for (;;) import("./d.mjs").catch(() => {});`, FULL, { files: CYCLE }),
  loads(
    "circles",
    `const { e } = await import("./e.mjs"); return [typeof require("./a").b.c.a, e()];`,
    [OK],
    { files: CYCLE, returns: ["object", 1] },
  ),
  module(
    "a module that loads itself anew",
    `delete require.cache[__filename]; exports.handler = async () => 1; require(__filename);`,
    ["RangeError", OK, ...FULL],
    { files: {} },
  ),
  loads("JSON of a megabyte", `return require("./big.json").length;`, [OK, ...FULL], {
    files: { "big.json": `[${"{},".repeat(300_000)}1]` },
  }),
  loads("JSON nested deeply", `return typeof require("./deep.json");`, [OK, "RangeError", "SyntaxError"], {
    timeoutMs: 1_500,
    files: { "deep.json": "[".repeat(200_000) + "]".repeat(200_000) },
  }),
  loads(
    "source that breaks out of its wrapper",
    `return [typeof require("./out.js"), typeof globalThis.$isolet, typeof evil];`,
    [OK, "SyntaxError", "TypeError"],
    { files: { "out.js": `}]; globalThis.evil = 1; [function () {` } },
  ),
  loads(
    "a text in a module's place, where code of texts is denied",
    `const Module = require("module"); const Function = globalThis.Function; globalThis.Function = class {}; try { return new Module("/x")._compile("module.exports = 1", "/x"); } catch (error) { return error.code; }`,
    [OK],
    { permissions: { eval: false }, returns: "ERR_ACCESS_DENIED" },
  ),
  loads(
    "the loader's own functions replaced",
    `const Module = require("module"); Module._load = Module._resolveFilename = () => { throw 1; }; Module._cache = undefined; Module.prototype.require = undefined; JSON.parse = () => ["/etc/passwd", "module"]; JSON.stringify = () => "["; try { require("./a"); } catch {} return await import("./d.mjs").then(() => 1, () => 1);`,
    [OK, UNHANDLED, "Runtime.JSONStringifyError", ...FULL],
    { files: CYCLE },
  ),
];
