/** The same code here, in Node, and in a function: what comes of it is compared as JSON. */
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { makeBench } from "../../engine/helpers.ts";

/** A case: what it is about, and the body of an async function. */
export type Case = readonly [name: string, body: string];

type Outcome = Record<string, unknown>;

/** Of an error the name, code and message are compared. */
function program(cases: readonly Case[]): string {
  const bodies = cases.map(([, body]) => `async () => { ${body} }`).join(",\n");
  return `(async () => {
    const outcomes = [];
    for (const run of [${bodies}]) {
      try { outcomes.push({ value: await run() }); }
      catch (error) { outcomes.push({ threw: error.name, code: error.code, message: error.message }); }
    }
    return JSON.stringify(outcomes);
  })()`;
}

/** Tests that all cases end in a function as they end here. One function runs them all. */
export function sameAsNode(cases: readonly Case[]): void {
  it("is the same in a function as in Node", { timeout: 20_000 }, async () => {
    const text = program(cases);
    // The same text in both.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function("require", `return ${text};`) as (require: NodeJS.Require) => Promise<string>;
    const node = JSON.parse(await run(createRequire(import.meta.url))) as Outcome[];
    const bench = makeBench();
    await bench.deploy(`exports.handler = () => ${text};`, { memoryMb: 256, timeoutMs: 10_000 });
    const guest = JSON.parse((await bench.succeed()).payload as string) as Outcome[];
    const named = (outcomes: readonly Outcome[]): Record<string, unknown> =>
      Object.fromEntries(cases.map(([name], index) => [name, outcomes[index]]));
    expect(named(guest)).toEqual(named(node));
  });
}
