import { describe, expect, it } from "vitest";
import { compare } from "./compare.ts";
import { missing } from "./suite.ts";

/** The least share of what plain Node passes. */
const SHARE = 0.97;

/** The folders. WebCryptoAPI takes minutes: `node test/wpt/run.ts WebCryptoAPI`. */
const FOLDERS = [
  "url",
  "urlpattern",
  "encoding",
  "streams",
  "compression",
  "html/webappapis",
  "dom/abort",
  "dom/events",
  "FileAPI",
  "fetch/api/headers",
  "fetch/api/request",
  "fetch/api/response",
  "fetch/api/body",
  "hr-time",
];

if (missing) console.warn(`Web platform tests are skipped. ${missing}`);

describe.skipIf(missing !== undefined)("web platform tests", () => {
  it.each(FOLDERS)(
    "of %s pass in guests as in plain Node",
    async (folder) => {
      const { passed, expected, comparisons } = await compare(folder, { timeoutMs: 30_000, parallel: 2 });
      const failures = comparisons.flatMap(({ name, failures }) =>
        failures.map((failure) => `${name}: ${failure}`),
      );
      expect(expected, "a folder without tests").toBeGreaterThan(0);
      expect(passed / expected, failures.slice(0, 20).join("\n")).toBeGreaterThanOrEqual(SHARE);
    },
    120_000,
  );
});
