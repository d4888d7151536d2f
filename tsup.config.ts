import { defineConfig } from "tsup";

// The library. The cell program and the guest runtime are built by scripts/build-cell.ts.
export default defineConfig({
  entry: {
    index: "src/index.ts",
    runtime: "src/runtime.ts",
    "sources/http": "src/sources/http.ts",
    "sources/schedule": "src/sources/schedule.ts",
    "sources/queue": "src/sources/queue.ts",
    "sources/conformance": "src/sources/conformance.ts",
  },
  format: "esm",
  platform: "node",
  target: "node24",
  splitting: true,
  sourcemap: true,
  silent: true,
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
});
