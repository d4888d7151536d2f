import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

const HEAD = `import fs from "node:fs";
import { cp, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "fs/promises";
import { promisify } from "node:util";
const attempt = (act) => { try { return act(); } catch (error) { return error.message; } };
`;

async function run(body: string, memoryMb = 256): Promise<unknown> {
  const bench = makeBench();
  await bench.deploy(`${HEAD}export const handler = async () => { ${body} };`, {
    memoryMb,
    timeoutMs: 60_000,
  });
  return (await bench.succeed({})).payload;
}

describe("node:fs", () => {
  it("reads and writes files of /tmp: at once, by callbacks, promises, handles and streams", async () => {
    const body = `fs.writeFileSync("/tmp/a", "hello"); fs.appendFileSync("/tmp/a", "!");
      const called = await new Promise((resolve) => fs.readFile("/tmp/a", "utf8", (error, text) => resolve(text)));
      await writeFile("/tmp/b", Buffer.from([1, 2])); const handle = await open("/tmp/c", "w+"); await handle.write("abc"); const { size } = await handle.stat(); await handle.close();
      const streamed = await new Promise((resolve, reject) => { const out = fs.createWriteStream("/tmp/d"); out.on("error", reject).on("finish", () => {
        let text = ""; fs.createReadStream("/tmp/d", "utf8").on("data", (part) => (text += part)).on("end", () => resolve(text)).on("error", reject); }); out.write("in "); out.end("parts"); });
      const number = fs.openSync("/tmp/a"); const { bytesRead } = await promisify(fs.read)(number, Buffer.alloc(3), 0, 3, 0); fs.closeSync(number);
      const opened = []; for await (const { name } of await fs.promises.opendir("/tmp")) opened.push(name);
      return [called, [...await readFile("/tmp/b")], size, streamed, bytesRead, opened];`;
    expect(await run(body)).toEqual(["hello!", [1, 2], 3, "in parts", 3, ["a", "b", "c", "d"]]);
  });

  it("makes, copies, lists, renames and removes", async () => {
    const body = `const folder = await mkdtemp("/tmp/x-"); fs.mkdirSync(folder + "/y/z", { recursive: true }); fs.writeFileSync(folder + "/y/f", "f");
      await cp(folder + "/y", folder + "/copy", { recursive: true }); fs.renameSync(folder + "/copy/f", folder + "/copy/g"); fs.symlinkSync("copy/g", folder + "/link");
      const list = (await readdir(folder, { withFileTypes: true })).map((entry) => [entry.name, entry.isDirectory(), entry.isSymbolicLink()]);
      const read = [fs.readFileSync(folder + "/link", "utf8"), fs.existsSync(folder + "/copy/f"), (await stat(folder)).isDirectory()];
      await rm(folder, { recursive: true }); return [list, read, fs.existsSync(folder)];`;
    const list = [
      ["copy", true, false],
      ["link", false, true],
      ["y", true, false],
    ];
    expect(await run(body)).toEqual([list, ["f", false, true], false]);
  });

  it("lets the function read its own file, and write nowhere but to /tmp", async () => {
    const body = `return [fs.readdirSync("/var/task"), fs.readFileSync("/var/task/index.js", "utf8").startsWith("import fs"), fs.statSync("/var/task/index.js").size > 500, fs.readdirSync("/"),
      ...[() => fs.writeFileSync("/var/task/x", ""), () => fs.appendFileSync("/var/task/index.js", ""), () => fs.unlinkSync("/var/task/index.js"), () => fs.mkdirSync("/data"), () => fs.rmSync("/opt", { recursive: true }), () => fs.accessSync("/var/task", fs.constants.W_OK), () => fs.readFileSync("/nothing")].map(attempt)];`;
    expect(await run(body)).toEqual([
      ["index.js"],
      true,
      true,
      ["dev", "opt", "tmp", "var"],
      "EROFS: read-only file system, open '/var/task'",
      "EROFS: read-only file system, open '/var/task/index.js'",
      "EROFS: read-only file system, unlink '/var/task/index.js'",
      "EROFS: read-only file system, open '/'",
      "EROFS: read-only file system, open '/'",
      "EROFS: read-only file system, open '/var/task'",
      "ENOENT: no such file or directory, open '/nothing'",
    ]);
  });

  it("keeps to 512 MB, and to the memory there is", async () => {
    const body = `const part = Buffer.alloc(8 << 20); let count = 0;
      for (let n = 0; n < 100; n++) { fs.writeFileSync("/tmp/same", part); fs.unlinkSync("/tmp/same"); }
      try { for (;;) fs.writeFileSync("/tmp/" + count++, part); } catch (error) { return [error.code, error.message, count]; }`;
    const [code, message, count] = (await run(body, 1_024)) as unknown[];
    expect([code, count]).toEqual(["ENOSPC", 65]);
    expect(message).toBe(
      "ENOSPC: no space left on device, write: /tmp holds at most 536870912 bytes (512 MB)",
    );
    expect(((await run(body, 128)) as unknown[])[1]).toContain("the function's memoryMb leaves too little");
  });

  it("writes to the log by numbers 1 and 2, refuses to watch, and belongs to one environment", async () => {
    const bench = makeBench();
    await bench.deploy(`${HEAD}export const handler = () => { fs.writeSync(1, "one\\n"); fs.writeFileSync("/dev/stderr", "two\\n"); fs.writeFileSync("/dev/null", "no");
      return [attempt(() => fs.watch("/tmp")), fs.existsSync("/tmp/kept") || fs.writeFileSync("/tmp/kept", "")]; };`);
    const [watch, kept] = (await bench.succeed()).payload as unknown[];
    expect(watch).toBe(
      "fs.watch is not available in a function: nothing but the function itself changes its files.",
    );
    expect(kept).toBeNull();
    expect((await bench.succeed()).payload).toEqual([watch, true]);
    const lines = bench.lines().join("\n");
    expect(lines).toMatch(/\tone$/m);
    expect(lines).toMatch(/\ttwo$/m);
  });
});
