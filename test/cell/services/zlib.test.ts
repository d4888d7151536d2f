import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createZlibService } from "../../../src/cell/services/zlib.ts";

function makeService(): (verb: string, argument: string) => string {
  const service = createZlibService();
  return (verb, argument) => service.ask?.(verb, argument) ?? "";
}

describe("the zlib service", () => {
  it("puts out no more at once than there is room", () => {
    const ask = makeService();
    const bomb = deflateSync(Buffer.alloc(5_000_000)).toString("latin1");
    expect(ask("make", `["Inflate", {}]\n`)).toBe("=1");
    const first = ask("write", `1,0,1000\n${bomb}`);
    expect(first.slice(first.indexOf("\n") + 1)).toHaveLength(1_000);
    expect(first).toMatch(/^=\d+,0\n/);
  });

  it.each([
    ["a room beyond its limit", "write", "1,0,99999999\n", "1048576"],
    ["a room of nothing", "write", "1,0,0\n", "1048576"],
    ["input beyond its limit", "write", `1,0,10\n${"x".repeat(1_048_577)}`, "1048576"],
    ["a flush there is not", "write", "1,99,10\n", "flush"],
    ["a level there is not", "params", "1,99,0", "level"],
    ["numbers that are none", "write", "x,y,z\n", "read"],
    ["a codec there is not", "make", `["constructor", {}]`, "no such codec"],
    ["another codec's number", "write", "7,0,10\n", "closed"],
    ["Zstandard's largest windows", "make", `["ZstdCompress", {"params":{"101":31}}]`, "windowLog"],
    ["Zstandard's, by another number", "make", `["ZstdCompress", {"params":{"0x65":31}}]`, "windowLog"],
    ["Brotli's largest blocks", "make", `["BrotliCompress", {"params":{"3":24}}]`, "LGBLOCK"],
    ["Brotli's largest windows", "make", `["BrotliDecompress", {"params":{"1":true}}]`, "LARGE_WINDOW"],
  ])("refuses %s", (_name, verb, argument, said) => {
    const ask = makeService();
    ask("make", `["Inflate", {}]`);
    const answer = ask(verb, argument);
    expect(answer[0]).toBe("!");
    expect(answer).toContain(said);
  });

  it("closes the codec used longest ago when all weigh too much", () => {
    const ask = makeService();
    for (let count = 0; count < 40; count++) ask("make", `["BrotliCompress", {}]`);
    expect(ask("write", "1,0,10\nabc")).toContain("gives way");
    expect(ask("write", "40,2,100\nabc")).toMatch(/^=0,/);
  });

  it("says what is wrong with the data as Node does", () => {
    const ask = makeService();
    ask("make", `["Inflate", {}]`);
    const failure = JSON.parse(ask("write", "1,4,10\nzzzz").slice(1)) as Record<string, unknown>;
    expect(failure).toMatchObject({
      code: "Z_DATA_ERROR",
      message: "incorrect header check",
      details: { errno: -3 },
    });
  });
});
