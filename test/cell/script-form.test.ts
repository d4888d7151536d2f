import ivm from "isolated-vm";
import { afterAll, describe, expect, it } from "vitest";
import { ToHost } from "../../src/cell/protocol.ts";
import { scriptFormOf } from "../../src/cell/script-form.ts";
import { CellUnderTest } from "./support.ts";

const cell = new CellUnderTest();
afterAll(() => cell[Symbol.asyncDispose]());

async function cacheOf(source: string): Promise<Uint8Array | undefined> {
  const [, , format, error, cachedData] = await cell.compile(source, "esm");
  expect([format, error]).toEqual(["esm", ""]);
  return cachedData;
}

/** All that can be told of a function from outside: how its init and an invocation end, and what it logs. */
async function storyOf(source: string, cachedData: Uint8Array | undefined): Promise<unknown> {
  const version = cell.define(source, { format: "esm", ...(cachedData && { cachedData }) });
  const init = await cell.create(version);
  const logs = (): unknown[] =>
    cell
      .all(ToHost.Log)
      .filter(([, environment]) => environment === init[1])
      .map(([, , , level, text]) => [level, text]);
  if (init[0] === ToHost.InitFailed) return { init: init.slice(2, 4), logs: logs() };
  const [, , , outcome, text] = await cell.invoke(init[1], { a: 1 });
  return { outcome, text, logs: logs() };
}

const HANDLER = "export const handler = async (event) => event;";

/** Modules that have a script form. */
const FORMED: Readonly<Record<string, string>> = {
  "an exported constant": "export const handler = async (event) => ({ ...event, b: 2 });",
  "an exported function": "export async function handler(event) { return event; }",
  "an exported function that is used before it":
    "export const n = early();\nexport function early() { return 1; }\n" + HANDLER,
  "an exported class and a list":
    "export class A { static a = 1 }\nconst handler = () => A.a;\nexport { handler };",
  "an export under another name": "const f = () => 1;\nexport { f as handler, f as default };",
  "a list at the end without semicolon": "const handler = () => 1\nexport { handler }\n",
  "a default import": 'import b from "node:buffer";\nexport const handler = () => typeof b.Buffer;',
  "named imports":
    'import { Buffer as B, constants } from "buffer";\nexport const handler = () => [B.from("é").length, typeof constants];',
  both: 'import b, { Buffer } from "node:buffer"\nexport const handler = () => b.Buffer === Buffer',
  "imports over lines":
    'import {\n  Buffer,\n  constants,\n} from "node:buffer";\nexport const handler = () => { throw new Error(typeof Buffer); };',
  "a minified module":
    'import{Buffer as e}from"node:buffer";import t from"node:process";var n=async r=>[typeof e,typeof t,r];export{n as handler};\n//# sourceMappingURL=index.mjs.map',
  "a minified module's end": "async function n(e){return e}export{n as default,n as handler}",
  "an import for nothing": `import "node:buffer";\n${HANDLER}`,
  "a hash-bang line": `#!/usr/bin/env node\n${HANDLER}`,
  "nothing before a parenthesis":
    'const a = 1\nimport { Buffer } from "node:buffer"\n(() => a)()\nexport const handler = () => typeof Buffer',
  "strict mode": "export const handler = () => { undeclared = 1; };",
  "no this": "const outer = this;\nexport const handler = () => typeof outer;\nexport { outer };",
  "no require":
    "export const handler = () => [typeof require, typeof module, typeof exports, typeof __filename];",
  "names of the wrappers'":
    "const module = 1, require = 2, exports = 3;\nexport const handler = () => module + require + exports;",
  "a thrown error": "export const handler = () => {\n  throw new TypeError('away');\n};",
  "an error in the first line": "export const handler = () => { throw new TypeError('away'); };",
  "an error while loading": "\nconst f = () => {\n  throw new RangeError('early');\n};\nf();\n" + HANDLER,
  "something else thrown while loading": `throw 5;\n${HANDLER}`,
  "an export that is not initialised":
    "f();\nfunction f() { return later; }\nexport const later = 1;\n" + HANDLER,
  "a rejection while loading": `Promise.reject(new Error("nobody's"));\n${HANDLER}`,
  "logs while loading": `console.log("one");\n${HANDLER}\nconsole.log("two");`,
  "microtasks and ticks": `process.nextTick(() => console.log("tick"));\nPromise.resolve().then(() => console.log("micro"));\n${HANDLER}`,
  "a handler that comes too late":
    "let handler;\nPromise.resolve().then(() => { handler = () => 1; });\nexport { handler };",
  "an exit while loading": `process.exit(3);\n${HANDLER}`,
  "a missing built-in": `import { a } from "node:nothing";\n${HANDLER}`,
  "a missing built-in for nothing": `import "node:nothing";\n${HANDLER}`,
  "an empty list of a missing built-in": `import {} from "node:nothing";\n${HANDLER}`,
  "a missing export of a built-in": `import { nothing } from "node:buffer";\n${HANDLER}`,
  "no such handler": "export const other = () => 1;",
  "a handler in its default export": "const all = { handler: () => 1 };\nexport { all as default };",
  "more than one declaration": "export const other = () => 1, handler = () => 2;",
  "a callback": "export const handler = (event, context, callback) => callback(null, 1);",
  "comment signs in a text": `export const handler = () => "<!-- a -->";`,
};

/** Modules that have none, for what a script or this form of one would make of them. */
const UNFORMED: Readonly<Record<string, string>> = {
  "top-level await": `const a = await 1;\nexport const handler = () => a;`,
  "top-level await that a script takes for a call": `const a = await (1);\nexport const handler = () => a;`,
  "its own place": "export const handler = () => typeof import.meta;",
  "a namespace": 'import * as b from "node:buffer";\nexport const handler = () => typeof b;',
  "a default export": `export default 1;\n${HANDLER}`,
  "exports of another module": `export { Buffer } from "node:buffer";\n${HANDLER}`,
  "exports of another module over lines": `export { Buffer }\nfrom\n"node:buffer";\n${HANDLER}`,
  "a statement in a text": `const text = \`\nimport "node:buffer";\nexport const handler = 1;\n\`;\nexport const handler = () => text;`,
  "a minified statement in a text": `const text = ";export{handler};\\n"+\`;export{handler};\n\`;\n${HANDLER}`,
  "a minified export of another module":
    'var n=1;export{n as m};export{Buffer}from"node:buffer";' + `\n${HANDLER}`,
  "a statement in a comment": `/*\nexport { handler };\n*/\n${HANDLER}`,
  "the wrapper's own names": `const $isoletImport = 1;\n${HANDLER}`,
  "a strange name": 'const f = () => 1;\nexport { f as "a-b" };\nexport { f as handler };',
  "very many statements":
    Array.from({ length: 20 }, (_, n) => `export const a${n} = 1;`).join("\n") + `\n${HANDLER}`,
  nothing: "",
};

describe("an ES module with a script form", () => {
  it.each(Object.entries(FORMED))("does the same in both: %s", async (_, source) => {
    const cachedData = await cacheOf(source);
    expect(cachedData?.byteLength).toBeGreaterThan(0);
    expect(await storyOf(source, cachedData)).toEqual(await storyOf(source, undefined));
  });

  it("is compiled from its code cache", async () => {
    const cachedData = await cacheOf(HANDLER);
    const text = scriptFormOf(HANDLER)?.text;
    if (!cachedData || !text) throw new Error("no code cache");
    const isolate = new ivm.Isolate();
    const copy = new ivm.ExternalCopy(new Uint8Array(cachedData).buffer);
    const script = isolate.compileScriptSync(text, { cachedData: copy });
    expect((script as { cachedDataRejected?: boolean }).cachedDataRejected).toBe(false);
    isolate.dispose();
  });

  it("gives nobody another handler than its first", async () => {
    const source =
      "const take = arguments[1];\nexport const handler = () => { take({ handler: () => 2 }); return 1; };";
    const environment = await cell.load(source, {
      format: "esm",
      cachedData: (await cacheOf(source)) ?? new Uint8Array(),
    });
    expect(await cell.call(environment)).toBe(1);
    expect(await cell.call(environment)).toBe(1);
  });

  it("knows every exported name of a list", () => {
    const form = scriptFormOf("export const a = 1;\nexport { b as c, d, e as default };");
    expect([...(form?.exported ?? [])]).toEqual(["a", "c", "d", "default"]);
  });

  it("keeps every line and column", () => {
    const source =
      'import {\n  Buffer,\n} from "node:buffer";\nconst a = 1;\nexport const handler = () => Buffer;\n';
    const form = scriptFormOf(source);
    const body = form?.text.slice(form.headLength) ?? "";
    for (const part of ["const a", "const handler"]) expect(body.indexOf(part)).toBe(source.indexOf(part));
  });
});

describe("an ES module without a script form", () => {
  it.each(Object.entries(UNFORMED))("has no code cache and runs: %s", async (name, source) => {
    const cachedData = await cacheOf(source);
    expect(cachedData).toBeUndefined();
    const story = await storyOf(source, undefined);
    expect(story).toHaveProperty(name === "nothing" ? "init" : "outcome");
  });
});

describe("user code", () => {
  const found = "Object.getOwnPropertyNames(globalThis).filter((name) => /isolet/i.test(name))";

  it.each([
    [
      "an ES module in its script form",
      "esm",
      `const found = ${found};\nexport const handler = () => found;`,
    ],
    ["an ES module", "esm", `const found = ${found};\nawait 1;\nexport const handler = () => found;`],
    ["a CommonJS module", "commonjs", `const found = ${found};\nexports.handler = () => found;`],
  ] as const)("sees nothing of the cell's among its globals: %s", async (_, format, source) => {
    const [, , , error, cachedData] = await cell.compile(source, format);
    expect(error).toBe("");
    const environment = await cell.load(source, { format, ...(cachedData && { cachedData }) });
    expect(await cell.call(environment)).toEqual([]);
  });
});
