import { describe, expect, it } from "vitest";
import { makeBench, until } from "./helpers.ts";

const COUNT = `let calls = 0; export const handler = async () => ++calls;`;

describe("process-per-tenant", () => {
  it("gives every tenant environments of its own", async () => {
    const bench = makeBench({ isolation: "process-per-tenant" });
    await bench.deploy(COUNT);
    const call = async (tenant: string) => (await bench.succeed({}, { tenant })).payload;
    expect(await call("a")).toBe(1);
    expect(await call("b")).toBe(1);
    expect(await call("a")).toBe(2);
    expect(bench.engine.stats().cells.environments).toEqual([1, 1]);
  });

  it("takes no invocation without a tenant", async () => {
    const bench = makeBench({ isolation: "process-per-tenant" });
    await bench.deploy(COUNT);
    await expect(bench.invoke({})).rejects.toMatchObject({ code: "INVALID_OPTION", field: "tenant" });
  });

  it("provisions nothing, for it isn't known for whom", async () => {
    const bench = makeBench();
    await expect(
      bench.deploy(COUNT, { isolation: "process-per-tenant", provisionedConcurrency: 1 }),
    ).rejects.toMatchObject({ code: "INVALID_SETTING", field: "provisionedConcurrency" });
  });

  it("ends an idle tenant's cells for those of another when there are as many tenants as may be", async () => {
    const bench = makeBench({ isolation: "process-per-tenant", cells: { count: 1, maxTenants: 1 } });
    await bench.deploy(COUNT);
    await bench.succeed({}, { tenant: "a" });
    await bench.succeed({}, { tenant: "b" });
    expect((await bench.succeed({}, { tenant: "a" })).payload).toBe(1);
    expect(bench.engine.stats().cells.environments).toEqual([1]);
  });

  it("refuses another tenant when all that may be have something running", async () => {
    const bench = makeBench({ isolation: "process-per-tenant", cells: { count: 1, maxTenants: 1 } });
    await bench.deploy(
      `export const handler = async () => new Promise((resolve) => setTimeout(resolve, 2_000));`,
    );
    const running = bench.invoke({}, { tenant: "a" });
    await until(() => bench.engine.stats().environments.busy === 1);
    await expect(bench.invoke({}, { tenant: "b" })).rejects.toMatchObject({
      code: "THROTTLED",
      reason: "EnvironmentLimit",
      limit: "cells.maxTenants",
      limitValue: 1,
    });
    await running;
  });

  it("ends a tenant's cell with its last environment", async () => {
    const bench = makeBench({ isolation: "process-per-tenant", keepAliveMs: 0 });
    await bench.deploy(COUNT);
    await bench.succeed({}, { tenant: "a" });
    await until(() => bench.engine.stats().cells.running === 0);
    expect((await bench.succeed({}, { tenant: "a" })).payload).toBe(1);
  });
});
