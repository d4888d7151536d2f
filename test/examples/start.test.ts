import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { runDemo } from "../../examples/demo.ts";
import { exercises } from "../../examples/workload.ts";

const root = resolve(import.meta.dirname, "../..");

/** Runs an example as its user would: in a process of its own, from the built package. */
async function runExample(file: string) {
  const startMs = performance.now();
  const child = spawn(process.execPath, [file], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number | null]>,
  ]);
  return { stdout, stderr, exitCode, tookMs: performance.now() - startMs };
}

describe("examples/start.ts", () => {
  it("sends several hundred events, prints a plain table when piped, and ends by itself", async () => {
    const { stdout, stderr, exitCode, tookMs } = await runExample("examples/start.ts");
    expect(stderr).toBe("");
    expect(exitCode, stdout.slice(stdout.indexOf(" unexpected:") - 4)).toBe(0);
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
    expect(tookMs).toBeLessThan(20_000);

    const lines = stdout.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    const cells = (start: string) => lines.findLast((line) => line.startsWith(start))!.split(/\s{2,}/);
    for (const { name, samples } of exercises) {
      const row = lines.find((line) => line.startsWith(`${name}  `))!.split(/\s{2,}/);
      expect(row).toHaveLength(11);
      expect(row[1]).toBe(String(samples.length));
      const meant = samples.filter(({ expectedError }) => expectedError !== undefined).length;
      expect(Number(row[2])).toBe(meant);
      // Every function had to start somewhere, and every invocation bills at least its granularity.
      expect(Number(row[3])).toBeGreaterThan(0);
      expect(Number(row[6]!.replaceAll(",", ""))).toBeGreaterThanOrEqual(samples.length);
      for (const cell of row.slice(4)) expect(Number(cell.replaceAll(",", ""))).toBeGreaterThan(0);
    }
    expect(cells("Total")[1]).toBe(String(exercises.flatMap(({ samples }) => samples).length));
    expect(stdout).toContain("$0.0000166667 per GB-second and $0.20 per million requests");
  });

  it("shows failures by type", async () => {
    const { stdout } = await runExample("examples/start.ts");
    const types = exercises.flatMap(({ samples }) =>
      samples.flatMap(({ expectedError }) => expectedError ?? []),
    );
    for (const type of new Set(types)) {
      const count = types.filter((other) => other === type).length;
      expect(stdout).toMatch(new RegExp(`^  ${type.replace(".", "\\.")} +${count}$`, "m"));
    }
  });
});

describe("runDemo", () => {
  const [first] = exercises;

  it("says so when something fails that was not meant to", async () => {
    let output = "";
    const broken = {
      ...first!,
      name: "broken",
      settings: {
        code: { source: "export const handler = async () => { throw new RangeError('too far'); };" },
      },
      samples: [{ event: 1 }, { event: 2, expectedError: "RangeError" }],
    };
    const well = await runDemo([broken], { write: (written) => (output += written) });
    expect(well).toBe(false);
    expect(output).toContain("1 unexpected:\n  broken: RangeError: too far (expected success)");
  });

  it("is colourful on a terminal, with one line of progress", async () => {
    let output = "";
    const terminal = {
      isTTY: true,
      columns: 100,
      hasColors: () => true,
      write: (written: string) => (output += written),
    };
    const few = { ...first!, samples: first!.samples.slice(0, 20) };
    expect(await runDemo([few], terminal)).toBe(true);
    expect(output).toContain("\r\u001b[2K");
    expect(output).toContain("\u001b[32mDone: 20 invocations");
  });
});

describe("examples/quickstart.ts", () => {
  it("prints the greeting and what it is billed", async () => {
    const { stdout, stderr, exitCode } = await runExample("examples/quickstart.ts");
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toMatch(/^greet is billed \d+ ms\n\{ hello: 'Ada' \}\n$/);
  });
});
