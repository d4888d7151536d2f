import { describe, expect, it } from "vitest";
import { FunctionRefusedError } from "../../src/index.ts";
import { makeBench, until } from "./helpers.ts";

/** A loop in V8's own code, which nothing stops. */
const NATIVE_LOOP = `export const handler = async ({ loop }) => loop && Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);`;

describe("a function that took its cell's thread with it", () => {
  it("is refused in-process from then on, until it is deployed anew; others go on", async () => {
    const bench = makeBench({ isolation: "in-process", cells: { count: 2, prepared: 0 } });
    const errors: unknown[] = [];
    bench.engine.on("error", (error) => errors.push(error));
    await bench.deploy(NATIVE_LOOP, { timeoutMs: 100 });
    await bench.engine.deploy("other", { code: { source: `export const handler = async () => 1;` } });
    expect((await bench.fail({ loop: true })).error.errorType).toBe("Sandbox.Timedout");
    await until(() => errors.some((error) => error instanceof FunctionRefusedError));
    const refused = await bench.invoke({}).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "FUNCTION_REFUSED", fault: "function", retryable: false });
    expect(String(refused)).toContain('isolation: "process"');
    await expect(bench.engine.invoke("other")).resolves.toMatchObject({ status: "succeeded" });
    await bench.deploy(NATIVE_LOOP);
    expect((await bench.succeed({ loop: false })).payload).toBe(false);
  });

  it("is not refused in a process of its own, which is killed", async () => {
    const bench = makeBench({ isolation: "process" });
    await bench.deploy(NATIVE_LOOP, { timeoutMs: 100 });
    expect((await bench.fail({ loop: true })).error.errorType).toBe("Sandbox.Timedout");
    await until(() => bench.engine.stats().cells.lost === 1);
    expect((await bench.succeed({ loop: false })).payload).toBe(false);
  });
});
