import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";

const sleep = `const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));`;

describe("listeners of process", () => {
  it("handle rejections that nobody else does, and the environment stays", async () => {
    const bench = makeBench();
    await bench.deploy(`${sleep} const seen = []; let runs = 0;
      process.on("unhandledRejection", (reason, promise) => seen.push([reason instanceof Error, reason?.name, reason?.message ?? reason, reason?.stack?.includes("index.js"), promise instanceof Promise]));
      export const handler = async () => { runs++; Promise.reject(new RangeError("left")); await sleep(1); Promise.reject(7); await sleep(1); return [runs, seen]; };`);
    const first = [
      [true, "RangeError", "left", true, true],
      [false, undefined, 7, undefined, true],
    ];
    expect((await bench.succeed()).payload).toEqual([1, JSON.parse(JSON.stringify(first))]);
    expect((await bench.succeed()).payload).toMatchObject([2, { length: 4 }]);
  });

  it("get the very reasons and promises of rejections, several a run, and hear of those handled late", async () => {
    const bench = makeBench();
    await bench.deploy(`${sleep} const seen = []; const told = [];
      process.on("unhandledRejection", (reason, promise) => { seen.push(reason); told.push(promise); });
      process.on("rejectionHandled", (promise) => seen.push("late " + told.indexOf(promise)));
      class Own extends Error { extra = 1; }
      const init = Promise.reject("init");
      export const handler = async () => {
        const error = new Own("mine"), object = { any: [1] };
        const first = Promise.reject(error);
        const second = (async () => { await 1; throw object; })();
        const third = Promise.resolve().then(() => { throw undefined; });
        const soon = Promise.reject("handled in the run"); queueMicrotask(() => soon.catch(() => {}));
        const waited = (async () => { throw new Error("waited for"); })();
        try { await waited; } catch {}
        await Promise.allSettled([Promise.reject(1), Promise.reject(2)]);
        await sleep(1);
        const kinds = seen.map((one) => one === error ? "own" : one === object ? "object" : String(one));
        const same = [told[0] === init, told[1] === first, told.includes(second), told.includes(third), told.length];
        second.catch(() => {}); await sleep(1);
        return [kinds.toSorted(), same, String(seen.at(-1)), told.indexOf(second), Promise === init.constructor, init instanceof Promise];
      };`);
    const { payload } = await bench.succeed();
    expect(payload).toEqual([
      ["init", "object", "own", "undefined"],
      [true, true, true, true, 4],
      `late ${(payload as unknown[])[3] as number}`,
      expect.any(Number),
      true,
      true,
    ]);
  });

  it("for exceptions get what was thrown, or an error that says what it was", async () => {
    const bench = makeBench();
    await bench.deploy(`const seen = []; const mine = new Error("mine");
      process.once("unhandledRejection", () => {});
      process.on("uncaughtException", (error, origin) => seen.push([error === mine, error.code, error.name, origin]));
      export const handler = async () => {
        Promise.reject("first"); await new Promise((resolve) => setTimeout(resolve, 1));
        Promise.reject(7); await new Promise((resolve) => setTimeout(resolve, 1));
        return seen;
      };`);
    expect((await bench.succeed()).payload).toEqual([
      [false, "ERR_UNHANDLED_REJECTION", "UnhandledPromiseRejection", "unhandledRejection"],
    ]);
  });

  it("leave a rejection in an init to Lambda's rules where there are none", async () => {
    const bench = makeBench();
    await bench.deploy(`const unused = () => process.on("unhandledRejection", () => {});
      Promise.reject(new RangeError("in init")); exports.handler = async () => 1;`);
    const { error } = await bench.fail();
    expect([error.errorType, error.errorMessage].join(" ")).toContain("in init");
  });

  it("handle exceptions that nobody else does", async () => {
    const bench = makeBench();
    await bench.deploy(`const seen = [];
      process.on("uncaughtExceptionMonitor", (error) => seen.push("monitor " + error.message));
      process.on("uncaughtException", (error, origin) => seen.push(error.message + " " + origin));
      export const handler = () => new Promise((resolve) => {
        setTimeout(() => { throw new Error("timer"); }, 1);
        queueMicrotask(() => { throw new Error("task"); });
        Promise.reject(new Error("rejected"));
        setTimeout(() => resolve(seen), 5);
      });`);
    expect((await bench.succeed()).payload).toEqual([
      ...["monitor task", "task uncaughtException", "monitor rejected", "rejected unhandledRejection"],
      ...["monitor timer", "timer uncaughtException"],
    ]);
  });

  it("end the environment when they throw, and where there are none", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async ({ listens }) => {
      if (listens) process.on("unhandledRejection", () => { throw new TypeError("from the listener"); });
      Promise.reject(new Error("left")); await new Promise((resolve) => setTimeout(resolve, 5)); };`);
    expect((await bench.fail({ listens: true })).error).toMatchObject({
      errorMessage: expect.stringContaining("from the listener") as string,
    });
    expect((await bench.fail({})).error).toMatchObject({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "Error: left",
    });
  });

  it("capture every exception when that is asked for", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = () => new Promise((resolve) => {
      process.setUncaughtExceptionCaptureCallback((error) => resolve([error.message, process.hasUncaughtExceptionCaptureCallback()]));
      setTimeout(() => { throw new Error("timer"); }, 1); });`);
    expect((await bench.succeed()).payload).toEqual(["timer", true]);
  });

  it("hear that nothing is left to happen", async () => {
    const bench = makeBench();
    await bench.deploy(
      `process.on("beforeExit", (code) => console.log("before", code)); export const handler = () => new Promise(() => {});`,
    );
    expect((await bench.fail()).error.errorType).toBe("Runtime.NodeJsExit");
    expect(bench.lines().join("\\n")).toContain("before 0");
  });
});

describe("process", () => {
  it("has what Node's has", async () => {
    const bench = makeBench();
    await bench.deploy(`const attempt = (act) => { try { return act(); } catch (error) { return error.code; } };
      exports.handler = async () => { process.chdir("/tmp");
        return { cwd: process.cwd(), ids: [process.getuid(), process.getgid(), process.umask()], lts: process.release.lts, kill: [attempt(() => process.kill(process.pid, 0)), attempt(() => process.kill(1, "SIGTERM"))],
          refused: ["binding", "dlopen", "loadEnvFile"].map((name) => attempt(() => process[name]("x"))), report: attempt(() => process.report.getReport()),
          builtin: process.getBuiltinModule("node:path") === require("node:path"), none: process.getBuiltinModule("nothing") ?? null,
          stdin: await process.stdin.toArray(), flags: process.allowedNodeEnvironmentFlags.size, memory: Object.values(process.memoryUsage()).every((bytes) => bytes > 0), rss: process.memoryUsage.rss() > 1e5,
          cpu: process.cpuUsage().user > 0, left: process.availableMemory() > 1e6, max: process.resourceUsage().maxRSS > 100, chdir: attempt(() => process.chdir("/nowhere")), noFile: attempt(() => process.chdir("/dev/null")), keys: Object.keys(process).length > 60 };
      };`);
    expect((await bench.succeed()).payload).toEqual({
      cwd: "/tmp",
      ids: [993, 990, 0o022],
      lts: "Krypton",
      kill: [true, "EPERM"],
      refused: Array(3).fill("ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"),
      report: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
      builtin: true,
      none: null,
      stdin: [],
      flags: 0,
      ...{ memory: true, rss: true, cpu: true, left: true, max: true },
      chdir: "ENOENT",
      noFile: "ENOTDIR",
      keys: true,
    });
  });
});
