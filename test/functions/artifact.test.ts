import { symlink, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { InvalidCodeError } from "../../src/base/errors.ts";
import { packageCode } from "../../src/functions/package-code.ts";
import { readPack, textIn } from "../../src/functions/pack.ts";
import type { CodePackage } from "../../src/functions/package.ts";
import type { ArtifactCode } from "../../src/functions/settings.ts";
import { makeProject } from "./project.ts";
import { makeZip } from "./zip-writer.ts";
import type { TestEntry } from "./zip-writer.ts";

const HANDLER = { name: "index.js", content: "exports.handler = async () => 1;" };
const LINK = 0o120777;

function paths({ pack = new Uint8Array(4) }: Pick<CodePackage, "pack">): string[] {
  return [...readPack(pack).keys()];
}

function contentOf({ pack }: CodePackage, path: string): string | undefined {
  const place = pack && readPack(pack).get(path);
  return place && "offset" in place ? textIn(pack, place.offset, place.sizeBytes) : undefined;
}

async function refusal(code: ArtifactCode, layers?: readonly ArtifactCode[]): Promise<InvalidCodeError> {
  const error: unknown = await packageCode("fn", code, { layers }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InvalidCodeError);
  return error as InvalidCodeError;
}

describe("a directory", () => {
  it("is taken with everything in it, and its handler found as Lambda does", async () => {
    await using project = await makeProject({
      "package.json": `{ "type": "module" }`,
      "src/app.js": "export const handler = async () => 1;",
      "data/a b.json": "{}",
    });
    const given = { directory: pathToFileURL(project.root) };
    const code = await packageCode("fn", given, { handler: "src/app.handler" });
    expect(code).toMatchObject({ filename: "/var/task/src/app.js", format: "esm" });
    expect(paths(code)).toEqual([
      "/var/task/data/a b.json",
      "/var/task/package.json",
      "/var/task/src/app.js",
    ]);
  });

  it("keeps symbolic links that lead to something within, and refuses those that don't", async () => {
    await using project = await makeProject({ "index.cjs": "exports.handler = 1", "store/lib.js": "" });
    await symlink("store", project.path("modules"));
    const code = await packageCode("fn", { directory: project.root });
    expect(readPack(code.pack as Uint8Array).get("/var/task/modules")).toEqual({ target: "/var/task/store" });
    await symlink("../../etc/passwd", project.path("out"));
    const { message } = await refusal({ directory: project.root });
    expect(message).toMatch(
      /symbolic link \/var\/task\/out leads to "\.\.\/\.\.\/etc\/passwd", outside of the artifact/,
    );
  });

  it.each([
    ["isn't there", "missing", /can't read the directory .*missing/],
    ["is a file", "package.json", /isn't a directory; for a zip archive give { zip }/],
  ])("that %s is refused", async (_what, name, expected) => {
    await using project = await makeProject({});
    const { message, errorType } = await refusal({ directory: project.path(name) });
    expect(message).toMatch(expected);
    expect(errorType).toBe("Runtime.ImportModuleError");
  });

  it("without the handler's file is refused with what was looked for", async () => {
    await using project = await makeProject({ "app.ts": "" });
    const { message } = await refusal({ directory: project.root });
    expect(message).toMatch(/none of \/var\/task\/index, \/var\/task\/index\.js, \/var\/task\/index\.mjs/);
  });
});

describe("a zip archive", () => {
  it("is the same as the directory it was made of", async () => {
    await using project = await makeProject({ "index.js": HANDLER.content, "lib/a.js": "1" });
    const zip = makeZip([
      { name: "lib/", mode: 0o040755 },
      { name: "lib/a.js", content: "1" },
      HANDLER,
      { name: "package.json", content: "{}" },
    ]);
    await writeFile(project.path("../fn.zip"), zip);
    const fromBytes = await packageCode("fn", { zip: new Uint8Array(zip) });
    const fromDirectory = await packageCode("fn", { directory: project.root });
    expect(fromBytes.sha256).toBe(fromDirectory.sha256);
    expect(fromBytes.source).toBe(HANDLER.content);
  });

  const hostile: readonly (readonly [string, readonly TestEntry[], RegExp])[] = [
    ["a path upwards", [{ name: "../evil.js" }], /can't be unpacked: .*\.\.\/evil\.js/],
    ["an absolute path", [{ name: "/etc/passwd" }], /can't be unpacked: absolute path/],
    ["a drive letter", [{ name: "C:/evil.js" }], /can't be unpacked: absolute path/],
    ["a backslash", [{ name: "..\\evil.js" }], /can't be unpacked: invalid characters/],
    ["an empty part", [{ name: "a//b.js" }], /empty or "\." part/],
    ["an entry twice", [{ name: "a.js" }, { name: "a.js" }], /"a\.js" twice/],
    ["an encrypted entry", [{ name: "a.js", isEncrypted: true }], /"a\.js" of the zip archive is encrypted/],
    [
      "a link outwards",
      [{ name: "a", content: "../../etc", mode: LINK }],
      /leads to "\.\.\/\.\.\/etc", outside/,
    ],
    [
      "a file beneath a link",
      [{ name: "a", content: "b", mode: LINK }, { name: "a/x" }],
      /\/var\/task\/a\/x lies beneath \/var\/task\/a/,
    ],
    ["a device", [{ name: "null", mode: 0o020666 }], /neither a file, a folder nor a symbolic link/],
    [
      "more than it says",
      [{ name: "a.txt", content: "a".repeat(100), declaredBytes: 10 }],
      /can't be unpacked: too many bytes/,
    ],
    [
      "too much by what it says",
      [{ name: "a.txt", declaredBytes: 300_000_000 }],
      /more bytes than the limit of 262144000/,
    ],
    [
      "a bomb",
      [{ name: "a.txt", content: Buffer.alloc(20_000_000) }],
      /more than 200 times its size of \d+ bytes/,
    ],
  ];
  it.each(hostile)("with %s is refused", async (_what, entries, expected) => {
    const { message, errorType } = await refusal({ zip: makeZip([HANDLER, ...entries]) });
    expect(message).toMatch(expected);
    expect(message).toMatch(/^Function "fn": /);
    expect(errorType).toBe("InvalidParameterValueException");
  });

  it("that is none is refused", async () => {
    const { message } = await refusal({ zip: Buffer.from("not a zip") });
    expect(message).toMatch(/the zip archive can't be unpacked/);
  });

  it("over Lambda's limit of a direct upload is refused before it is looked into", async () => {
    const { message } = await refusal({ zip: new Uint8Array(52_428_801) });
    expect(message).toMatch(/has 52428801 bytes, over the limit of 52428800/);
  });
});

describe("layers", () => {
  it("are merged under /opt, the later over the earlier", async () => {
    const one = {
      zip: makeZip([
        { name: "a.txt", content: "one" },
        { name: "b.txt", content: "one" },
      ]),
    };
    const two = { zip: makeZip([{ name: "b.txt", content: "two" }]) };
    const code = await packageCode("fn", { source: "export const handler = 1" }, { layers: [one, two] });
    expect(paths(code)).toEqual(["/opt/a.txt", "/opt/b.txt"]);
    expect(contentOf(code, "/opt/b.txt")).toBe("two");
  });

  it.each([
    [{ zip: 1 }, "layers[0].zip"],
    [{ file: "a.ts" }, "layers[0]"],
    ["a.zip", "layers[0]"],
  ])("like %j are refused", async (layer, field) => {
    const packing = packageCode("fn", { source: "" }, { layers: [layer as never] });
    await expect(packing).rejects.toMatchObject({ code: "INVALID_SETTING", field });
  });

  it("beyond five are refused", async () => {
    const layers = Array.from({ length: 6 }, () => ({ directory: "." }));
    const packing = packageCode("fn", { source: "" }, { layers });
    await expect(packing).rejects.toMatchObject({
      code: "INVALID_SETTING",
      field: "layers.length",
      value: 6,
    });
  });
});
