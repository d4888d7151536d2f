import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./scripts/summary-reporter.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^isolet$/, replacement: path("./src/index.ts") },
      { find: /^isolet\/sources\/([^/]+)$/, replacement: path("./src/sources/$1.ts") },
    ],
  },
  test: {
    // Guests can wedge the thread they run on; a wedged process can always be ended.
    pool: "forks",
    include: ["test/**/*.test.ts"],
    globalSetup: ["./scripts/test-setup.ts"],
    reporters: ["default", new SummaryReporter()],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
