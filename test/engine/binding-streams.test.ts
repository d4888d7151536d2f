import { describe, expect, it } from "vitest";
import { makeBench, until } from "./helpers.ts";
import type { Bench } from "./helpers.ts";

type Pieces = AsyncIterable<unknown>;

async function all(pieces: Pieces): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const piece of pieces)
    read.push(piece instanceof Uint8Array ? Buffer.from(piece).toString() : piece);
  return read;
}

async function start(methods: Readonly<Record<string, unknown>>, body: string): Promise<Bench> {
  const bench = makeBench({ bindings: { host: methods } });
  await bench.deploy(
    `import { bindings } from "isolet/runtime";
    let made = 0;
    async function* count(to) { try { while (made < to) yield ++made; } finally { console.log("ended"); } }
    export const handler = async (event) => { try { ${body} } catch (error) { return [error.name, error.code ?? null, error.message]; } };`,
    { timeoutMs: 20_000, environmentConcurrency: 2, permissions: { bindings: ["host"] } },
  );
  return bench;
}

describe("a stream as an argument of a binding's method", () => {
  it("brings JSON, texts and bytes, several of them at once", async () => {
    const take = async (name: string, one: Pieces, two: Pieces): Promise<unknown> => [
      name,
      ...(await Promise.all([all(one), all(two)])),
    ];
    const bench = await start(
      { take },
      `return bindings.host.take("a", (async function* () { yield { n: 1 }; yield "text"; yield null; })(), new Blob(["héllo"]).stream());`,
    );
    expect((await bench.succeed()).payload).toEqual(["a", [{ n: 1 }, "text", null], ["héllo"]]);
  });

  it("waits for its reader, who may end it", async () => {
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const take = async (pieces: Pieces): Promise<unknown> => {
      await gate;
      for await (const piece of pieces) if (piece === 20) return piece;
      return undefined;
    };
    const bench = await start({ take }, `return event === "made" ? made : bindings.host.take(count(1_000));`);
    const taking = bench.succeed();
    const made = async (): Promise<unknown> => (await bench.succeed("made")).payload;
    while (((await made()) as number) < 9) await made();
    for (let look = 0; look < 10; look++) expect(await made()).toBe(9);
    goOn();
    expect((await taking).payload).toBe(20);
    await until(() => bench.lines().some((line) => line.includes("ended")));
  });

  it("may be large, in pieces that are not", async () => {
    const take = async (pieces: AsyncIterable<Uint8Array>): Promise<unknown> => {
      let [bytes, most] = [0, 0];
      for await (const piece of pieces) [bytes, most] = [bytes + piece.length, Math.max(most, piece.length)];
      return [bytes, most];
    };
    const bench = await start(
      { take },
      `return bindings.host.take((async function* () { for (let n = 0; n < 10; n++) yield new Uint8Array(1_000_000); })());`,
    );
    expect((await bench.succeed()).payload).toEqual([10_000_000, 65_536]);
  });

  it("brings the error that it ends with, and ends with its call", async () => {
    const ends: unknown[] = [];
    const methods = {
      take: (pieces: Pieces) => all(pieces),
      leave: (pieces: Pieces) => void all(pieces).catch((error: unknown) => ends.push(error)),
    };
    const bench = await start(
      methods,
      `if (event === "leave") { await bindings.host.leave(count(1_000)); return "left"; }
      return await bindings.host.take((async function* () { yield 1; throw new RangeError("no more"); })());`,
    );
    expect((await bench.succeed()).payload).toEqual(["RangeError", null, "no more"]);
    expect((await bench.succeed("leave")).payload).toBe("left");
    await until(() => ends.length === 1);
    expect(String(ends[0])).toContain("is over");
  });

  it("has pieces of 64 KB at most, of JSON", async () => {
    const bench = await start(
      { take: (pieces: Pieces) => all(pieces) },
      `return await bindings.host.take((async function* () { yield "x".repeat(65_535); })());`,
    );
    const message = "A piece of a stream has more than 65536 characters of JSON: divide it.";
    expect((await bench.succeed()).payload).toEqual(["RangeError", "ERR_TOO_LONG", message]);
  });

  it("is one of eight at most", async () => {
    const bench = await start(
      { take: () => 1 },
      `return await bindings.host.take(...Array.from({ length: 9 }, () => count(1)));`,
    );
    expect((await bench.succeed()).payload).toEqual([
      "RangeError",
      "ERR_OUT_OF_RANGE",
      expect.stringContaining("at most 8"),
    ]);
  });
});
