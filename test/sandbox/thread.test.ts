import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

describe("a host with a thread that can't be ended", () => {
  const fixture = fileURLToPath(new URL("./fixtures/stuck-host.ts", import.meta.url));

  it.each([
    ["natural", 7],
    ["exit", 3],
    ["throw", 1],
    ["caught", 4],
    ["listener", 9],
    ["plain", 0],
    ["close", 5],
  ])("leaves by %s with its own exit code", async (way, code) => {
    const child = spawn(process.execPath, [fixture, way], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
    const [exitCode, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.on("close", (...args) => resolve(args));
    });
    clearTimeout(timer);
    expect({ exitCode, signal, output }).toMatchObject({ exitCode: code, signal: null });
    expect(output).toContain("stuck");
    expect(output).toContain("served");
    expect(output.includes("Error: thrown by the host")).toBe(way === "throw");
  });
});
