import { describe, expect, it } from "vitest";
import { makeBench } from "./helpers.ts";
import type { Bench } from "./helpers.ts";
import { InvalidOptionError, IsoletError } from "../../src/index.ts";

export const FINE = `export const handler = async (event) => event;`;

/** What someone does wrong, and how it is refused. `fn` is deployed. */
export interface BadInput {
  readonly name: string;
  readonly act: (bench: Bench) => unknown;
  readonly type: new (...args: never[]) => IsoletError;
  readonly code: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Everything a person needs: what, which value, what instead. */
  readonly message: readonly RegExp[];
}

type Refusal = Omit<BadInput, "name" | "act">;

/** The refusal of a function's setting. */
export const setting = (field: string, value: unknown, message: readonly RegExp[]): Refusal => ({
  type: InvalidOptionError,
  code: "INVALID_SETTING",
  fields: { field, value },
  message,
});

/** The refusal of an engine's or an invocation's option. */
export const option = (field: string, value: unknown, message: readonly RegExp[]): Refusal => ({
  ...setting(field, value, message),
  code: "INVALID_OPTION",
});

/** Shows that each is refused as it says, and that the engine goes on as before unless `act` closed it. */
export function testRefusals(subject: string, cases: readonly BadInput[]): void {
  describe(subject, () => {
    it.each(cases)("$name is refused with a typed error that says what to do", async (bad) => {
      const { act, type, code, fields, message } = bad;
      const bench = makeBench();
      await bench.deploy(FINE);
      const error: unknown = await (async () => act(bench))().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(type);
      expect(error).toBeInstanceOf(IsoletError);
      expect(error).toMatchObject({ name: type.name, code, fault: "caller", retryable: false, ...fields });
      for (const part of message) expect((error as Error).message).toMatch(part);
      expect((error as Error).message).not.toMatch(/\[object|undefined is not|Cannot read/);
      expect(bench.meters).toEqual([]);
      if (code === "ENGINE_CLOSED") return;
      expect(await bench.succeed("still")).toMatchObject({ payload: "still", functionVersion: "1" });
      expect(bench.engine.list()).toHaveLength(1);
    });
  });
}
