import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./scripts/summary-reporter.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/**
 * The suites that run a second time with their functions in processes: those whose guests, and whose environments' lives,
 * could tell the placements apart. What is left out of test/engine ends before a cell hears of it: bad input, names and
 * versions, admission, event sources, bundling.
 */
const PLACED = [
  "bindings",
  "callbacks",
  "console",
  "context",
  "environments",
  "failures",
  "globals",
  "handlers-commonjs",
  "handlers-esm",
  "invocations",
  "invoke-functions",
  "isolation-hygiene",
  "lifecycle",
  "mailboxes",
  "metering",
  "neighbours",
  "net",
  "payload-sizes",
  "permissions",
  "process-env",
  "results",
  "shutdown",
  "sockets",
  "streaming",
  "web-form-streaming",
].map((name) => `test/engine/${name}.test.ts`);

/** What measures how the host fares under attack: after all else, and one file at a time. */
const ALONE = ["test/isolation/**/*.test.ts", "test/soak.test.ts"];

/** The tests that packages bring along. */
const PACKAGES = "**/node_modules/**";

export default defineConfig({
  resolve: {
    alias: [
      { find: /^isolet$/, replacement: path("./src/index.ts") },
      { find: /^isolet\/sources\/([^/]+)$/, replacement: path("./src/sources/$1.ts") },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: "all", include: ["test/**/*.test.ts"], exclude: [...ALONE, PACKAGES] } },
      {
        extends: true,
        test: { name: "process", include: PLACED, env: { ISOLET_TEST_PLACEMENT: "process" } },
      },
      {
        extends: true,
        test: { name: "alone", include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
    maxWorkers: 2,
    // Guests can wedge the thread they run on; a wedged process can always be ended.
    pool: "forks",
    globalSetup: ["./scripts/test-setup.ts"],
    reporters: ["default", new SummaryReporter()],
    // On a machine that may be shared, a test that kills and overloads can meet a host that was given no CPU for a
    // while. CI tries such a test again, and the summary names it with what was wrong, so that nothing is hidden.
    retry: process.env["CI"] ? 2 : 0,
    testTimeout: process.env["CI"] ? 60_000 : 20_000,
    hookTimeout: 20_000,
  },
});
