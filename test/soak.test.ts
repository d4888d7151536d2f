import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("../bench/soak.ts", import.meta.url));
const SECONDS = 15;
/** It waits for what is outstanding at the end, and the machine may be busy. */
const LIMIT_MS = 100_000;

it(
  "soaks for a while: nothing is lost, answered twice or run twice, and nothing grows",
  { timeout: LIMIT_MS },
  async () => {
    const { error, output } = await new Promise<{ error: unknown; output: string }>((resolve) => {
      const options = { timeout: LIMIT_MS, killSignal: "SIGKILL" } as const;
      execFile(process.execPath, [PROGRAM, "--seconds", String(SECONDS)], options, (error, stdout, stderr) =>
        resolve({ error, output: stdout + stderr }),
      );
    });
    // The output says what went wrong.
    expect(output).toMatch(/none ran twice, and nothing grew\.\n$/);
    expect(error).toBeNull();
  },
);
