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

  it("streams as Node does: without new, by handles and numbers, from a place on, closed once", async () => {
    const body = `fs.writeFileSync("/tmp/a", "0123456789"); const said = [];
      const text = async (stream) => { let all = ""; for await (const part of stream) all += part; return all; };
      const out = fs.WriteStream("/tmp/a", { flags: "r+", start: 3 });
      for (const event of ["open", "ready", "finish", "close"]) out.on(event, () => said.push(event));
      await new Promise((resolve) => { out.on("close", resolve); out.end("xy"); });
      const handle = await open("/tmp/a"); const handled = await text(handle.createReadStream({ start: 2, end: 5, encoding: "utf8" }));
      const number = fs.openSync("/tmp/a"); const numbered = fs.createReadStream(null, { fd: number, autoClose: false }); const whole = await text(numbered); fs.closeSync(number);
      fs.writeFileSync("/tmp/lines", "one\\ntwo\\r\\nthr\u00e9e"); const lines = []; for await (const line of (await open("/tmp/lines")).readLines()) lines.push(line);
      const missing = await text(fs.createReadStream("/tmp/none")).catch((error) => error.code);
      const wrong = [() => fs.createReadStream("/tmp/a", { start: 5, end: 2 }), () => fs.createWriteStream("/tmp/a", { start: -1 }), () => fs.createReadStream({}), () => fs.createWriteStream("/tmp/a", { flush: 1 })].map((act) => { try { act(); } catch (error) { return error.code; } });
      const before = out.bytesWritten; out.destroy();
      return [said, handled, whole, numbered.fd === number, lines, missing, wrong, before, out.fd, fs.createReadStream("/tmp/a") instanceof fs.ReadStream];`;
    expect(await run(body)).toEqual([
      ["open", "ready", "finish", "close"],
      "2xy5",
      "012xy56789",
      true,
      ["one", "two", "thrée"],
      "ENOENT",
      ["ERR_OUT_OF_RANGE", "ERR_OUT_OF_RANGE", "ERR_INVALID_ARG_TYPE", "ERR_INVALID_ARG_TYPE"],
      2,
      null,
      true,
    ]);
  });

  it("writes any view's bytes and any pieces, stops at a signal, and calls back once", async () => {
    const body = `const view = new Uint16Array([0x4241, 0x4443]); fs.writeFileSync("/tmp/a", view); fs.appendFileSync("/tmp/a", new DataView(view.buffer));
      await writeFile("/tmp/b", (async function* () { yield "a"; yield Buffer.from("b"); })()); await writeFile("/tmp/c", ["x", "y"]);
      const stop = new AbortController(); const writing = writeFile("/tmp/d", "d", { signal: stop.signal }).catch((error) => error.name); stop.abort();
      const reading = await new Promise((resolve) => fs.readFile("/tmp/a", { signal: stop.signal }, (error) => resolve(error.code)));
      const args = await new Promise((resolve) => fs.writeFile("/tmp/e", "e", (...args) => resolve(args)));
      let calls = 0; const thrown = new Promise((resolve) => process.once("uncaughtException", (error) => resolve(error.message)));
      fs.access("/tmp/a", () => { calls++; throw new Error("mine"); });
      return [fs.readFileSync("/tmp/a", "latin1"), await readFile("/tmp/b", "utf8"), await readFile("/tmp/c", "utf8"), await writing, fs.existsSync("/tmp/d"), reading, args, await thrown, calls];`;
    expect(await run(body)).toEqual([
      "ABCDABCD",
      "ab",
      "xy",
      "AbortError",
      false,
      "ABORT_ERR",
      [null],
      "mine",
      1,
    ]);
  });

  it("copies the function's files so that the copies can be written", async () => {
    const body = `fs.copyFileSync("/var/task/index.js", "/tmp/index.js"); fs.appendFileSync("/tmp/index.js", "//"); fs.cpSync("/var/task", "/tmp/task", { recursive: true }); fs.writeFileSync("/tmp/task/index.js", "new");
      return [(fs.statSync("/var/task/index.js").mode & 0o777).toString(8), fs.readFileSync("/tmp/index.js", "utf8").endsWith("//"), fs.readFileSync("/tmp/task/index.js", "utf8")];`;
    expect(await run(body)).toEqual(["755", true, "new"]);
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
