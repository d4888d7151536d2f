/** The README's `ts` blocks are run here, and what they say they log (`// → value`) is compared with what they do log. */
import { readFileSync } from "node:fs";
import { format } from "node:util";
import { runInThisContext } from "node:vm";
import { transform } from "esbuild";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../", import.meta.url);
const README = readFileSync(new URL("README.md", ROOT), "utf8");

interface Block {
  readonly heading: string;
  /** Line of the README that its first line is. */
  readonly line: number;
  readonly code: string;
}

const blocks = findBlocks(README);

function findBlocks(text: string): Block[] {
  const found: Block[] = [];
  let heading = "";
  let open: { line: number; code: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (open && line === "```") {
      found.push({ heading, line: open.line, code: open.code.join("\n") });
      open = undefined;
    } else if (open) open.code.push(line);
    else if (line === "```ts") open = { line: index + 2, code: [] };
    else if (line.startsWith("#")) heading = line.replace(/^#+ /, "");
  }
  return found;
}

/** What each module of a block's imports gives. */
const modules: Readonly<Record<string, () => Promise<unknown>>> = {
  isolet: () => import("../src/index.ts"),
  "isolet/sources/http": () => import("../src/sources/http.ts"),
  "isolet/sources/schedule": () => import("../src/sources/schedule.ts"),
  "isolet/sources/queue": () => import("../src/sources/queue.ts"),
  "isolet/sources/conformance": () => import("../src/sources/conformance.ts"),
};

const IMPORT = /^import (?:(\w+)|\{(.+)\}) from "(.+)";$/gm;
const CLAIM = /console\.log\((.*) \/\/ → (.*)$/;

type Load = (name: string) => Promise<unknown>;
type Log = (line: number, ...values: unknown[]) => void;

/** Runs a block as the body of an async function, and gives what each line that claims to log something did log. */
async function run({ code }: Block): Promise<Map<number, string[]>> {
  const logged = new Map<number, string[]>();
  const log: Log = (line, ...values) => {
    logged.set(line, [...(logged.get(line) ?? []), format(...values)]);
  };
  const load: Load = (name) => modules[name]?.() ?? import(name);
  const numbered = code
    .split("\n")
    .map((line, index) => (CLAIM.test(line) ? line.replace("console.log(", `$log(${index}, `) : line))
    .join("\n");
  const body = numbered
    .replaceAll(/^import type .*$/gm, "")
    .replaceAll(IMPORT, (_all, whole: string | undefined, names: string | undefined, from: string) => {
      const wanted = whole === undefined ? names?.replaceAll(" as ", ": ") : `default: ${whole}`;
      return `const { ${wanted ?? ""} } = await $load("${from}");`;
    });
  const { code: script } = await transform(`async function $block($load, $log) {\n${body}\n}`, {
    loader: "ts",
    target: "node24",
  });
  const block = runInThisContext(`${script}; $block`) as (load: Load, log: Log) => Promise<void>;
  await block(load, log);
  return logged;
}

function claims({ code }: Block): Map<number, string[]> {
  const claimed = new Map<number, string[]>();
  for (const [index, line] of code.split("\n").entries()) {
    const value = CLAIM.exec(line)?.[2];
    if (value !== undefined) claimed.set(index, [value]);
  }
  return claimed;
}

describe("the README's code", () => {
  it("is found", () => {
    expect(blocks.length).toBeGreaterThan(10);
  });

  it.each(blocks)("runs and logs what it says: $heading, line $line", async (block) => {
    const claimed = claims(block);
    expect(claimed.size).toBeGreaterThan(0);
    expect(await run(block)).toEqual(claimed);
  });

  it("has no type errors", { timeout: 120_000 }, () => {
    expect(typeErrors()).toEqual([]);
  });
});

/** Errors of the compiler in all blocks, by the lines of the README. */
function typeErrors(): string[] {
  const root = ROOT.pathname;
  const files = new Map(blocks.map((block) => [`${root}test/readme-line-${block.line}.ts`, block]));
  const options: ts.CompilerOptions = {
    ...ts.convertCompilerOptionsFromJson(readOptions("tsconfig.json"), root).options,
    ...ts.convertCompilerOptionsFromJson(readOptions("test/tsconfig.json"), `${root}test`).options,
    noUnusedLocals: false,
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists.call(host, path);
  host.readFile = (path) => files.get(path)?.code ?? readFile.call(host, path);
  host.getSourceFile = (path, ...rest) => {
    const code = files.get(path)?.code;
    if (code === undefined) return getSourceFile.call(host, path, ...rest);
    const source = ts.createSourceFile(path, code, rest[0]);
    source.impliedNodeFormat = ts.ModuleKind.ESNext;
    return source;
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([path, block]) => {
    const source = program.getSourceFile(path);
    if (!source) return [`${path} was not read`];
    const diagnostics = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return diagnostics.map(({ start = 0, messageText }) => {
      const line = block.line + source.getLineAndCharacterOfPosition(start).line;
      return `README.md:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
  });
}

function readOptions(path: string): unknown {
  const { config } = ts.readConfigFile(new URL(path, ROOT).pathname, (file) =>
    readFileSync(file, "utf8"),
  ) as {
    config: { compilerOptions: unknown };
  };
  return config.compilerOptions;
}
