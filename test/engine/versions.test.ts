import { describe, expect, it } from "vitest";
import { makeBench, PLACEMENT, until } from "./helpers.ts";
import { FunctionNotFoundError, InvalidNameError, InvalidOptionError } from "../../src/index.ts";
import type { Engine } from "../../src/index.ts";

/** Says that it runs, then takes a moment, then says which it is. */
const slow = (answer: string): string =>
  `export const handler = async () => { console.log("running"); await new Promise((r) => setTimeout(r, 40)); return "${answer}"; };`;
const quick = (answer: string): string => `export const handler = async () => "${answer}";`;

function running(engine: Engine): Promise<void> {
  return new Promise((resolve) =>
    engine.on("log", ({ message }) => {
      if (message === "running") resolve();
    }),
  );
}

describe("versions", () => {
  it("are numbered by deploys, and described", async () => {
    const bench = makeBench();
    const before = Date.now();
    const first = await bench.engine.deploy("fn", {
      code: { source: quick("a") },
      memoryMb: 64,
      tags: { team: "x" },
    });
    expect(first).toEqual({
      functionName: "fn",
      version: "1",
      arn: "arn:aws:lambda:us-east-1:123456789012:function:fn",
      codeSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      codeSizeBytes: Buffer.byteLength(quick("a")),
      deployedAtMs: expect.any(Number),
      settings: {
        handler: "index.handler",
        runtime: "nodejs24.x",
        timeoutMs: 3_000,
        memoryMb: 64,
        environment: {},
        reservedConcurrency: undefined,
        provisionedConcurrency: 0,
        environmentConcurrency: 1,
        isolation: PLACEMENT,
        limits: {
          cpuMs: 3_000,
          errorBytes: 65_536,
          logBytes: 8_388_608,
          logLines: 10_000,
          timers: 10_000,
          hostCalls: 1_000,
        },
        permissions: {
          net: false,
          fs: true,
          invoke: [],
          bindings: [],
          wasm: false,
          eval: false,
          atomicsWait: false,
          sharedArrayBuffer: false,
        },
        tags: { team: "x" },
        description: "",
      },
    });
    expect(first.deployedAtMs).toBeGreaterThanOrEqual(before);
    const second = await bench.engine.deploy("fn", { code: { source: quick("b") } });
    expect(second.version).toBe("2");
    expect(bench.engine.describe("fn")).toEqual({ ...second, versions: ["1", "2"], aliases: [] });
  });

  it("stay invocable by number, by alias and by $LATEST", async () => {
    const { engine } = makeBench();
    for (const answer of ["one", "two"]) await engine.deploy("fn", { code: { source: quick(answer) } });
    engine.putAlias("fn", "live", { version: "1" });
    const answers = await Promise.all(
      ["fn:1", "fn:2", "fn", "fn:$LATEST", "fn:live"].map((name) => engine.invoke(name)),
    );
    expect(answers.map((result) => result.status === "succeeded" && result.payload)).toEqual([
      "one",
      "two",
      "two",
      "two",
      "one",
    ]);
    engine.putAlias("fn", "live", { version: "2" });
    expect(await engine.invoke("fn:live")).toMatchObject({ payload: "two", functionVersion: "2" });
  });

  it("finish on the old one what runs and waits there when a new one is deployed", async () => {
    const { engine, meters } = makeBench();
    await engine.deploy("fn", { code: { source: slow("old") }, reservedConcurrency: 1 });
    const started = running(engine);
    const old = [engine.invoke("fn"), engine.invoke("fn")];
    await started;
    await engine.deploy("fn", { code: { source: quick("new") }, reservedConcurrency: 1 });
    const fresh = engine.invoke("fn");
    expect(await Promise.all(old)).toMatchObject([
      { payload: "old", functionVersion: "1" },
      { payload: "old", functionVersion: "1" },
    ]);
    expect(await fresh).toMatchObject({ payload: "new", functionVersion: "2" });
    expect(meters.map(({ functionVersion, outcome }) => `${functionVersion} ${outcome}`)).toEqual([
      "1 succeeded",
      "1 succeeded",
      "2 succeeded",
    ]);
  });

  it("before the newest keep no environment waiting", async () => {
    const bench = makeBench();
    await bench.deploy(quick("old"));
    await bench.succeed();
    const ended = new Promise((resolve) =>
      bench.engine.on("environment", (event) => event.type === "ended" && resolve(event)),
    );
    await bench.deploy(quick("new"));
    expect(await ended).toMatchObject({ functionVersion: "1", reason: "retired" });
    expect(await bench.engine.invoke("fn:1")).toMatchObject({ payload: "old", coldStart: true });
  });

  it("beyond maxVersions can't be invoked any more, except those an alias leads to", async () => {
    const { engine } = makeBench({ maxVersions: 2 });
    await engine.deploy("fn", { code: { source: quick("1") } });
    engine.putAlias("fn", "kept", { version: "1" });
    for (const answer of ["2", "3", "4"]) await engine.deploy("fn", { code: { source: quick(answer) } });
    expect(engine.describe("fn").versions).toEqual(["1", "3", "4"]);
    expect(await engine.invoke("fn:kept")).toMatchObject({ payload: "1" });
    await expect(engine.invoke("fn:2")).rejects.toThrow(
      /no version or alias "2".*versions 1, 3, 4.*maxVersions/,
    );
  });

  it("are deployed in the order of the calls", async () => {
    const { engine } = makeBench();
    const deployed = await Promise.all(
      ["a", "b", "c"].map((answer) => engine.deploy("fn", { code: { source: quick(answer) } })),
    );
    expect(deployed.map(({ version }) => version)).toEqual(["1", "2", "3"]);
    expect(await engine.invoke("fn")).toMatchObject({ payload: "c" });
  });

  it("are not made by a deploy that fails, and the next one is the next number", async () => {
    const { engine } = makeBench();
    await engine.deploy("fn", { code: { source: quick("good") } });
    await expect(engine.deploy("fn", { code: { source: "export const =" } })).rejects.toThrow(/syntax error/);
    expect(await engine.invoke("fn")).toMatchObject({ payload: "good", functionVersion: "1" });
    expect(await engine.deploy("fn", { code: { source: quick("next") } })).toMatchObject({ version: "2" });
  });
});

describe("aliases", () => {
  it("share invocations out by weight", async () => {
    const { engine } = makeBench();
    for (const answer of ["one", "two"]) await engine.deploy("fn", { code: { source: quick(answer) } });
    engine.putAlias("fn", "all", { version: "1", weights: { "2": 1 } });
    engine.putAlias("fn", "none", { version: "1", weights: { "2": 0 } });
    for (let i = 0; i < 10; i++) {
      expect(await engine.invoke("fn:all")).toMatchObject({ payload: "two" });
      expect(await engine.invoke("fn:none")).toMatchObject({ payload: "one" });
    }
    expect(engine.describe("fn").aliases).toEqual([
      { name: "all", version: "1", weights: { "2": 1 } },
      { name: "none", version: "1", weights: { "2": 0 } },
    ]);
  });

  it("are named in the meter record", async () => {
    const bench = makeBench();
    await bench.deploy(quick("x"));
    bench.engine.putAlias("fn", "live", { version: "1" });
    await bench.engine.invoke("fn:live");
    await bench.engine.invoke("fn");
    expect(bench.meters[0]).toMatchObject({ alias: "live", functionVersion: "1" });
    expect(bench.meters[1]).not.toHaveProperty("alias");
  });

  it("are refused where they lead nowhere or are malformed, and gone once removed", async () => {
    const { engine } = makeBench();
    await engine.deploy("fn", { code: { source: quick("x") } });
    expect(() => engine.putAlias("fn", "live", { version: "9" })).toThrow(FunctionNotFoundError);
    expect(() => engine.putAlias("fn", "7", { version: "1" })).toThrow(InvalidNameError);
    expect(() => engine.putAlias("fn", "live", { version: "1", weights: { "1": 0.5 } })).toThrow(
      InvalidOptionError,
    );
    expect(() => engine.putAlias("no", "live", { version: "1" })).toThrow(FunctionNotFoundError);
    engine.putAlias("fn", "live", { version: "1" });
    engine.removeAlias("fn", "live");
    expect(() => engine.removeAlias("fn", "live")).toThrow(FunctionNotFoundError);
    await expect(engine.invoke("fn:live")).rejects.toThrow(FunctionNotFoundError);
  });
});

describe("list, describe and remove", () => {
  it("list functions in the order of first deployment", async () => {
    const { engine } = makeBench();
    expect(engine.list()).toEqual([]);
    for (const name of ["b", "a", "b"]) await engine.deploy(name, { code: { source: quick(name) } });
    expect(engine.list().map(({ functionName, version }) => `${functionName}:${version}`)).toEqual([
      "b:2",
      "a:1",
    ]);
    expect(engine.list()[0]).toEqual(engine.describe("b"));
  });

  it("remove a function while it runs: what was taken is finished, what comes later is refused", async () => {
    const { engine, meters } = makeBench();
    await engine.deploy("fn", { code: { source: slow("last") }, reservedConcurrency: 1 });
    const started = running(engine);
    const taken = [engine.invoke("fn"), engine.invoke("fn")];
    await started;
    engine.remove("fn");
    await expect(engine.invoke("fn")).rejects.toThrow(FunctionNotFoundError);
    expect(() => engine.remove("fn")).toThrow(FunctionNotFoundError);
    expect(await Promise.all(taken)).toMatchObject([{ payload: "last" }, { payload: "last" }]);
    expect(engine.list()).toEqual([]);
    await until(() => engine.stats().pools.length === 0);
    expect(meters).toHaveLength(2);
  });

  it("remove and deploy again under the same name: numbers go on", async () => {
    const { engine } = makeBench();
    await engine.deploy("fn", { code: { source: quick("one") } });
    engine.remove("fn");
    expect(await engine.deploy("fn", { code: { source: quick("two") } })).toMatchObject({ version: "2" });
    expect(await engine.invoke("fn")).toMatchObject({ payload: "two", functionVersion: "2" });
    await expect(engine.invoke("fn:1")).rejects.toThrow(FunctionNotFoundError);
  });

  it("have errors that say what was meant", async () => {
    const { engine } = makeBench();
    await engine.deploy("orders", { code: { source: quick("x") } });
    expect(() => engine.describe("order")).toThrow(/No function "order" is deployed. Did you mean orders\?/);
    expect(() => engine.describe("orders:1")).toThrow(InvalidNameError);
  });
});
