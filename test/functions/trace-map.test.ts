import { describe, expect, it } from "vitest";
import { packageCode } from "../../src/functions/package-code.ts";
import { TraceMapper } from "../../src/functions/trace-map.ts";
import { load, makeProject } from "./project.ts";

const unmapped = new TraceMapper({ filename: "/var/task/index.js", sourceMap: undefined });

/** Runs the handler and gives its error's stack as the guest would: its own file at /var/task. */
async function failingStack(file: string) {
  const code = await packageCode("greet", { file });
  const { handler, file: ran } = await load(code);
  try {
    await handler();
  } catch (error) {
    const url = code.format === "esm" ? `file://${code.filename}` : code.filename;
    return {
      code,
      stack: (error as Error).stack!.replaceAll(`file://${ran}`, ran).replaceAll(ran, url).split("\n"),
    };
  }
  throw new Error("the handler didn't fail");
}

describe("a bundle's trace", () => {
  it("names the user's own files, lines and columns", async () => {
    await using project = await makeProject({
      "src/app.ts": `interface Event {
  readonly name: string;
}
import { fail } from "./lib/fail.js";

export const handler = async (event: Event): Promise<void> => {
  await Promise.resolve();
  fail(event);
};
`,
      "src/lib/fail.ts": `type Erased = { a: 1 };


export function fail(event: unknown): never {
  throw new TypeError("no " + typeof event);
}
`,
    });
    const { code, stack } = await failingStack(project.path("src/app.ts"));
    expect(stack[1]).toContain("file:///var/task/index.mjs:");
    expect(new TraceMapper(code).mapTrace(stack).slice(0, 3)).toEqual([
      "TypeError: no undefined",
      "    at fail (/var/task/src/lib/fail.ts:5:9)",
      expect.stringMatching(/^ {4}at (?:async )?handler \(\/var\/task\/src\/app\.ts:8:3\)$/),
    ]);
  });

  it("holds with a require added, and in CommonJS", async () => {
    const lib = '\n\n\nconst { sep } = require("path");\nexports.fail = () => { throw new Error(sep); };\n';
    await using project = await makeProject({
      "esm.mjs":
        '#!/usr/bin/env node\nimport lib from "./lib.cjs";\n\nexport const handler = () => lib.fail();\n',
      "cjs.js": '\nconst lib = require("./lib.cjs");\n\nexports.handler = () => lib.fail();\n',
      "lib.cjs": lib,
    });
    for (const entry of ["esm.mjs", "cjs.js"]) {
      const { code, stack } = await failingStack(project.path(entry));
      expect(new TraceMapper(code).mapTrace(stack)).toEqual([
        "Error: /",
        expect.stringMatching(/^ {4}at (?:Object\.)?exports\d?\.fail \(\/var\/task\/lib\.cjs:5:30\)$/),
        expect.stringContaining(`handler (/var/task/${entry}:4:`),
      ]);
    }
  });

  it("loses the way up to files above the project, and names packages from node_modules on", async () => {
    await using project = await makeProject({
      "app/package.json": "{}",
      "app/index.js": 'export { handler } from "up-there"; import "../shared/x.js";',
      "shared/x.js": "globalThis.shared = () => { throw new Error('x') };",
      "node_modules/up-there/index.js": "export const handler = () => globalThis.shared();",
    });
    const { code, stack } = await failingStack(project.path("app/index.js"));
    const lines = new TraceMapper(code).mapTrace(stack).join("\n");
    expect(lines).toContain("/var/task/shared/x.js:1:35");
    expect(lines).toContain("(/var/task/node_modules/up-there/index.js:1:41)");
    expect(lines).not.toContain("..");
  });

  it("names linked packages by where they are imported from", async () => {
    await using project = await makeProject(
      {
        "a.mjs":
          'import EventEmitter from "eventemitter3";\nexport const handler = () => new EventEmitter().on("x", 1);',
      },
      ["eventemitter3"],
    );
    const { code, stack } = await failingStack(project.path("a.mjs"));
    const lines = new TraceMapper(code).mapTrace(stack);
    expect(lines[1]).toMatch(/ \(\/var\/task\/node_modules\/eventemitter3\/index\.js:\d+:11\)$/);
    expect(lines.join("\n")).toContain("handler (/var/task/a.mjs:2:49)");
  });

  it("counts columns from one on both sides", () => {
    const sourceMap = JSON.stringify({
      version: 3,
      sources: ["a.ts"],
      names: [],
      mappings: "AAAA,CAAU,CAAU",
    });
    const mapper = new TraceMapper({ filename: "/var/task/index.mjs", sourceMap });
    const lines = [1, 2, 3, 4].map((column) => `    at f (file:///var/task/index.mjs:1:${column})`);
    expect(mapper.mapTrace(lines)).toEqual(
      [1, 11, 21, 21].map((column) => `    at f (/var/task/a.ts:1:${column})`),
    );
  });

  it("maps stacks within a text and leaves the rest of it", async () => {
    await using project = await makeProject({
      "a.ts": "type A = 1;\nexport const handler = () => { throw new Error('x'); };",
    });
    const { code, stack } = await failingStack(project.path("a.ts"));
    const mapper = new TraceMapper(code);
    const text = ["ERROR at noon", ...stack, "/var/task/index.mjs:1:1 is not a frame", ""].join("\n");
    const lines = mapper.mapText(text).split("\n");
    expect(lines[0]).toBe("ERROR at noon");
    expect(lines[2]).toBe("    at handler (/var/task/a.ts:2:38)");
    expect(lines.slice(-2)).toEqual(["/var/task/index.mjs:1:1 is not a frame", ""]);
    expect(mapper.mapText("nothing to map")).toBe("nothing to map");
  });

  it("keeps frames that the map doesn't know", async () => {
    await using project = await makeProject({ "a.ts": "export const handler = () => 1;" });
    const mapper = new TraceMapper(await packageCode("greet", { file: project.path("a.ts") }));
    const lines = [
      "    at far (/var/task/index.mjs:99999:1)",
      "    at zero (/var/task/index.mjs:0:0)",
      "    at big (/var/task/index.mjs:99999999999999999999:1)",
      "    at none (/var/task/index.mjs:1)",
      "    at other (/var/task/other.mjs:1:1)",
    ];
    expect(mapper.mapTrace(lines)).toEqual(lines);
  });
});

describe("frames", () => {
  it("keeps a source's own", () => {
    const lines = [
      "Error: at first",
      "second line of the message: (/etc/passwd)",
      "    at handler (/var/task/index.js:1:2)",
      "    at file:///var/task/index.js:3:4",
      "    at async Promise.all (index 0)",
      "    at Array.map (<anonymous>)",
      "    at new Promise (<anonymous>)",
      "    at eval (eval at handler (/var/task/index.js:1:2), <anonymous>:1:1)",
      "    at inner [as outer] (evalmachine:1:1)",
    ];
    expect(unmapped.mapTrace(lines)).toEqual(lines);
  });

  it.each([
    "    at run (isolet:runtime:10:5)",
    "    at isolet:builtin/buffer:1:1",
    "    at async isolet:glue:1:1",
    "    at (<isolated-vm boundary>)",
    "    at <isolated-vm>:1:1",
    "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
    "    at Cell.run (/home/ada/app/node_modules/isolet/dist/cell.js:10:5)",
    "    at Cell.run (file:///home/ada/app/node_modules/isolet/dist/cell.js:10:5)",
    "    at async file:///home/ada/cell.js:10:5",
    "    at run (C:\\ada\\cell.js:10:5)",
    "    at run (file:///C:/ada/cell.js:10:5)",
    "    at near (/var/taskmaster/index.js:1:1)",
  ])("drops %j", (line) => {
    expect(unmapped.mapTrace(["Error: x", line])).toEqual(["Error: x"]);
  });

  it("reads hostile lines in time that grows with their length only", () => {
    const length = 1_000_000;
    const pieces = ["at ", " ", "(", ":", "1:", ")", "at (", "file://", "../", "\t at a (", "\n", "\n "];
    const started = performance.now();
    for (const piece of pieces) {
      const long = piece.repeat(length / piece.length);
      for (const text of [long, `    at ${long}`, `    at f (${long}:1:1)`, `    at f (${long}`]) {
        unmapped.mapTrace([text]);
        unmapped.mapText(text);
      }
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("memory", () => {
  it("reads the map only when something fails", () => {
    const mapper = new TraceMapper({ filename: "/var/task/index.mjs", sourceMap: "not a map" });
    expect(mapper.mapTrace(["Error: x", "    at Array.map (<anonymous>)"])).toHaveLength(2);
    expect(() => mapper.mapTrace(["    at f (/var/task/index.mjs:1:1)"])).toThrow();
  });
});
