import { describe, expect, it } from "vitest";
import { randomRequestId, randomStreamSuffix } from "../../src/base/ids.ts";

describe("ids", () => {
  it("are UUIDs of version 4 for requests, as Lambda's", () => {
    expect(randomRequestId()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(randomRequestId()).not.toBe(randomRequestId());
  });

  it("are 32 hex digits for log streams", () => {
    expect(randomStreamSuffix()).toMatch(/^[0-9a-f]{32}$/);
  });
});
