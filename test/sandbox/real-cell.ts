import type { SandboxVersion } from "../../src/sandbox/sandbox.ts";
import { makeVersion } from "./fake-cell.ts";

/** What streams to processes are held to. */
export const LIMITS = { maxTextBytes: 8_388_608, maxFrameBytes: 33_554_432 } as const;

/** A version that real cells can run, by the body of its handler, which has an `event`. */
export function versionOf(handler: string): SandboxVersion {
  const version = makeVersion();
  const facts = {
    functionName: "test",
    functionVersion: "1",
    functionArn: "arn",
    memoryMb: 128,
    logGroupName: "group",
    handler: "index.handler",
    runtime: "nodejs24.x",
    responseLimitBytes: 10_000,
    errorBytes: 10_000,
    permissions: {},
    logFormat: "text",
    environment: {},
    filename: "/var/task/index.mjs",
  };
  const definition = {
    ...version.definition(),
    source: `export const handler = async (event) => { ${handler} };`,
    factsText: JSON.stringify(facts),
  };
  return { ...version, definition: () => definition };
}
