import { fork } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { LADDER } from "./install.ts";

/** What a handler did in plain Node. */
export interface Baseline {
  /** Its result as JSON text. */
  readonly payload?: string;
  /** What it failed with; a handler of the ladder must not. */
  readonly error?: string;
  /** What it wrote to standard output and error. */
  readonly lines: readonly string[];
}

interface Order {
  readonly name: string;
  readonly file: string;
  readonly event: unknown;
  readonly environment: Readonly<Record<string, string>>;
}

/** A process of plain Node that runs handlers one after the other. */
export interface PlainNode {
  run(order: Order): Promise<Baseline>;
  close(): void;
}

const MARK = "\u001e";

/** The variables that Lambda sets, as isolet does. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  TZ: ":UTC",
  LANG: "en_US.UTF-8",
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
  AWS_LAMBDA_FUNCTION_VERSION: "1",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  LAMBDA_TASK_ROOT: "/var/task",
  LAMBDA_RUNTIME_DIR: "/var/runtime",
  _HANDLER: "index.handler",
};

export function startPlainNode(): PlainNode {
  const waiting = new Map<string, (baseline: Baseline) => void>();
  let lines: string[] = [];
  const child = fork(join(LADDER, "plain-node.mjs"), {
    cwd: LADDER,
    // Nothing of the host's own: a variable such as DEBUG or NO_COLOR changes what packages do.
    env: { ...ENVIRONMENT, PATH: process.env["PATH"] },
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  if (!child.stdout) throw new Error("The child has no standard output.");
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.startsWith(MARK)) {
      lines.push(line);
      return;
    }
    const { name, ...answer } = JSON.parse(line.slice(MARK.length)) as Omit<Baseline, "lines"> & {
      name: string;
    };
    waiting.get(name)?.({ ...answer, lines: lines.filter((text) => text !== "") });
    waiting.delete(name);
    lines = [];
  });
  child.once("exit", (status) => {
    for (const [name, answer] of waiting)
      answer({ error: `plain Node ended with status ${String(status)} in or before ${name}`, lines });
    waiting.clear();
  });
  return {
    run(order) {
      return new Promise((resolve) => {
        waiting.set(order.name, resolve);
        if (child.exitCode !== null || !child.send(order)) return;
      });
    },
    close: () => child.kill(),
  };
}
