import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { ProcessLink } from "../../src/sandbox/process-link.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { makeBench, until } from "../engine/helpers.ts";
import { PLAIN } from "./fake-cell.ts";
import { childrenOf, commandOf, filesOf, isThere } from "./processes.ts";
import { LIMITS } from "./real-cell.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

const cellsOf = (pid: number): number[] =>
  childrenOf(pid).filter((child) => commandOf(child).some((part) => part.endsWith("process.js")));

describe.runIf(process.platform === "linux")("a cell's process", () => {
  it("has nothing of its host's", async () => {
    const marker = openSync(fileURLToPath(import.meta.url), "r");
    const server = createServer().listen(0);
    await once(server, "listening");
    onTestFinished(() => {
      closeSync(marker);
      server.close();
    });
    process.env["ISOLET_TEST_SECRET"] = "secret";
    const bench = makeBench({ isolation: "process" });
    await bench.deploy("export const handler = async () => 1");
    await bench.succeed();
    const [cell = 0] = cellsOf(process.pid);
    expect(readFileSync(`/proc/${cell}/environ`, "utf8")).toBe("TZ=UTC\0");
    const files = filesOf(cell);
    const [input, output, , stream, board] = Array.from({ length: 5 }, (_, file) => files.get(file));
    expect([input, output]).toEqual(["/dev/null", "/dev/null"]);
    expect(stream).toMatch(/^socket:/);
    expect(board).toMatch(/isolet-.* \(deleted\)$/);
    // Whatever else there is Node has made for itself.
    for (const [file, target] of files)
      if (file > 4) expect(target).toMatch(/^(anon_inode|pipe|socket):|^\/dev\/null$/);
    const hosts = new Set(filesOf(process.pid).values());
    for (const target of files.values())
      if (/^(socket|pipe):/.test(target)) expect(hosts).not.toContain(target);
  });

  it("has a working directory of its own that is empty and soon gone", async () => {
    const bench = makeBench({ isolation: "process" });
    await bench.deploy("export const handler = async () => 1");
    await bench.succeed();
    const [cell = 0] = cellsOf(process.pid);
    const folder = readlinkSync(`/proc/${cell}/cwd`);
    expect(folder).toMatch(/isolet-cell-\w+ \(deleted\)$/);
    expect(existsSync(folder.replace(" (deleted)", ""))).toBe(false);
  });

  it("is gone when its engine is closed", async () => {
    const bench = makeBench({ isolation: "process", cells: { count: 2, spares: 1 } });
    await bench.deploy("export const handler = async () => 1");
    await bench.succeed();
    const cells = cellsOf(process.pid);
    expect(cells).toHaveLength(3);
    await bench.engine.close();
    expect(cells.filter(isThere)).toEqual([]);
  });

  it("can do nothing outside", async () => {
    const program = { path: fixture("probe-cell.ts"), reads: [`${ROOT}*`] };
    const sandbox = new Sandbox({
      ...PLAIN,
      launch: (listener) => new ProcessLink(listener, LIMITS, program),
      clock: systemClock,
      onCellLost: () => undefined,
    });
    onTestFinished(() => sandbox.close());
    const answer = await sandbox.compile("1", "esm", "f");
    const found: unknown = answer.ok ? undefined : JSON.parse(answer.error);
    expect(found).toEqual({
      read: "ERR_ACCESS_DENIED",
      write: "ERR_ACCESS_DENIED",
      spawn: "ERR_ACCESS_DENIED",
      worker: "ERR_ACCESS_DENIED",
      // The permission model covers the network from Node 25 on.
      listen: Number(process.versions.node.split(".")[0]) >= 25 ? "ERR_ACCESS_DENIED" : "done",
      evaluate: "EvalError",
      proto: "ReferenceError",
      grow: "EFBIG",
      environment: ["TZ"],
    });
  });
});

describe.runIf(process.platform === "linux").each(["idle", "held"])("a host with %s cells", (state) => {
  it.each([
    ["natural", 0, null],
    ["exit", 3, null],
    ["throw", 1, null],
    ["close", 0, null],
    ["SIGTERM", null, "SIGTERM"],
    ["SIGKILL", null, "SIGKILL"],
  ] as const)("leaves by %s and leaves nothing behind", async (way, code, signal) => {
    const host = spawn(process.execPath, [fixture("process-host.ts"), signal ? "signal" : way, state], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    onTestFinished(() => void host.kill("SIGKILL"));
    const exit = once(host, "exit");
    await once(host.stdout, "data");
    const children = childrenOf(host.pid ?? 0);
    expect(children.length).toBeGreaterThanOrEqual(4);
    if (signal) host.kill(signal);
    else host.stdin.write("go\n");
    expect(await exit).toEqual([code, signal]);
    await until(() => !children.some(isThere));
  });
});
