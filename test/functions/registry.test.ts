import { describe, expect, it } from "vitest";
import { FunctionNotFoundError, InvalidNameError, InvalidOptionError } from "../../src/base/errors.ts";
import { FakeClock } from "../../src/base/fake-clock.ts";
import type { CodePackage } from "../../src/functions/package.ts";
import { FunctionRegistry, type RegistryOptions } from "../../src/functions/registry.ts";
import { resolveSettings } from "../../src/functions/resolve-settings.ts";

const code: CodePackage = {
  source: "",
  format: undefined,
  filename: "/var/task/index.js",
  tracksContext: false,
  followsRejections: false,
  usesImports: false,
  pack: undefined,
  sourceMap: undefined,
  sha256: "",
  sizeBytes: 0,
};
const settings = resolveSettings("fn", { code: { source: "" } });
const ARN = "arn:aws:lambda:us-east-1:000000000000:function:fn";

function makeRegistry(options: Partial<RegistryOptions> = {}) {
  return new FunctionRegistry({
    region: "us-east-1",
    accountId: "000000000000",
    clock: new FakeClock(5),
    ...options,
  });
}

function deployTimes(registry: FunctionRegistry, count: number, name = "fn"): string[] {
  return Array.from({ length: count }, () => registry.deploy(name, settings, code).version.version);
}

const versionOf = (registry: FunctionRegistry, name: string): string =>
  registry.resolve(name).version.version;

describe("deploy and resolve", () => {
  it("publishes 1, 2, 3 and lets the bare name mean the newest", () => {
    const registry = makeRegistry();
    expect(deployTimes(registry, 3)).toEqual(["1", "2", "3"]);
    expect(registry.resolve("fn")).toMatchObject({
      version: { functionName: "fn", version: "3", arn: ARN, deployedAtMs: 5, settings, code },
      alias: undefined,
      invokedArn: ARN,
    });
    expect(Object.isFrozen(registry.resolve("fn").version)).toBe(true);
  });

  it.each([
    ["fn:1", "1", `${ARN}:1`],
    ["fn:2", "2", `${ARN}:2`],
    ["fn:$LATEST", "2", `${ARN}:$LATEST`],
    [ARN, "2", ARN],
    [`${ARN}:1`, "1", `${ARN}:1`],
    ["000000000000:function:fn", "2", ARN],
    ["000000000000:function:fn:$LATEST", "2", `${ARN}:$LATEST`],
  ])("resolves %s", (name, version, invokedArn) => {
    const registry = makeRegistry();
    deployTimes(registry, 2);
    expect(registry.resolve(name)).toMatchObject({ version: { version }, invokedArn });
  });

  it("gives the same object each time: nothing is made per invocation", () => {
    const registry = makeRegistry();
    deployTimes(registry, 1);
    expect(registry.resolve("fn")).toBe(registry.resolve("fn"));
    expect(registry.resolve("fn:1")).toBe(registry.resolve(`${ARN}:1`));
  });

  it("tells what is missing", () => {
    const registry = makeRegistry({ maxVersions: 2 });
    deployTimes(registry, 3);
    registry.putAlias("fn", "live", { version: "2" });
    expect(() => registry.resolve("fm")).toThrow(/No function "fm" is deployed. Did you mean fn\?/);
    expect(() => registry.resolve("elsewhere")).toThrow(
      /No function "elsewhere" is deployed. Deploy it first/,
    );
    expect(() => registry.resolve("fn:1")).toThrow(
      /no version or alias "1".*versions 2, 3 \(the newest 2 are kept, maxVersions.*aliases live\./,
    );
    expect(() => registry.resolve("fn:beta")).toThrow(FunctionNotFoundError);
    expect(() => registry.resolve("fn:be ta")).toThrow(InvalidNameError);
    expect(() => registry.resolve(ARN.replace("us-east-1", "eu-west-1"))).toThrow(/is of eu-west-1/);
    expect(() => registry.resolve("111111111111:function:fn")).toThrow(FunctionNotFoundError);
  });

  it.each(["__proto__", "constructor", "toString"])("has no function %s by itself", (name) => {
    const registry = makeRegistry();
    expect(() => registry.resolve(name)).toThrow(FunctionNotFoundError);
    expect(deployTimes(registry, 1, name)).toEqual(["1"]);
    expect(versionOf(registry, name)).toBe("1");
  });

  it("refuses malformed names and changes nothing", () => {
    const registry = makeRegistry();
    expect(() => registry.deploy("a b", settings, code)).toThrow(InvalidNameError);
    expect(registry.size).toBe(0);
  });
});

describe("old versions", () => {
  it("keeps the newest and hands the rest back", () => {
    const registry = makeRegistry();
    deployTimes(registry, 10);
    expect(registry.deploy("fn", settings, code).retired.map((one) => one.version)).toEqual(["1"]);
    expect(registry.describe("fn").versions).toEqual(["2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]);
    expect(() => registry.resolve("fn:1")).toThrow(FunctionNotFoundError);
    expect(versionOf(registry, "fn:2")).toBe("2");
  });

  it("keeps what an alias leads to until the alias moves", () => {
    const registry = makeRegistry({ maxVersions: 2 });
    deployTimes(registry, 2);
    registry.putAlias("fn", "live", { version: "2", weights: { "1": 0.5 } });
    deployTimes(registry, 3);
    expect(registry.describe("fn").versions).toEqual(["1", "2", "4", "5"]);
    registry.putAlias("fn", "live", { version: "2" });
    expect(registry.deploy("fn", settings, code).retired.map((one) => one.version)).toEqual(["1", "4"]);
    expect(versionOf(registry, "fn:live")).toBe("2");
  });
});

describe("remove", () => {
  it("takes versions and aliases with it and hands the versions back", () => {
    const registry = makeRegistry();
    deployTimes(registry, 2);
    deployTimes(registry, 1, "fn2");
    registry.putAlias("fn", "live", { version: "1" });
    expect(registry.remove(ARN).map((one) => one.version)).toEqual(["1", "2"]);
    for (const name of ["fn", "fn:1", "fn:2", "fn:$LATEST", "fn:live", ARN]) {
      expect(() => registry.resolve(name)).toThrow(FunctionNotFoundError);
    }
    expect(registry.list().map((one) => one.functionName)).toEqual(["fn2"]);
    expect(() => registry.remove("fn")).toThrow(FunctionNotFoundError);
  });

  it("never uses a version number again, as in Lambda", () => {
    const registry = makeRegistry();
    deployTimes(registry, 2);
    registry.remove("fn");
    expect(deployTimes(registry, 1)).toEqual(["3"]);
    expect(() => registry.resolve("fn:2")).toThrow(FunctionNotFoundError);
  });

  it("doesn't remember removed names for ever", () => {
    const registry = makeRegistry();
    for (let index = 0; index <= 10_000; index++) {
      registry.deploy(`fn${index}`, settings, code);
      registry.remove(`fn${index}`);
    }
    expect(deployTimes(registry, 1, "fn0")).toEqual(["1"]);
    expect(deployTimes(registry, 1, "fn1")).toEqual(["2"]);
  });

  it("wants the function's name alone", () => {
    const registry = makeRegistry();
    deployTimes(registry, 1);
    expect(() => registry.remove("fn:1")).toThrow(InvalidNameError);
    expect(registry.size).toBe(1);
  });
});

describe("aliases", () => {
  it("point, move and go", () => {
    const registry = makeRegistry();
    deployTimes(registry, 2);
    registry.putAlias("fn", "live", { version: "1" });
    expect(registry.resolve("fn:live")).toMatchObject({
      version: { version: "1" },
      alias: "live",
      invokedArn: `${ARN}:live`,
    });
    registry.deploy("fn", settings, code);
    expect(versionOf(registry, "fn:live")).toBe("1");
    registry.putAlias("fn", "live", { version: "3" });
    expect(versionOf(registry, `${ARN}:live`)).toBe("3");
    registry.removeAlias("fn", "live");
    expect(() => registry.resolve("fn:live")).toThrow(FunctionNotFoundError);
    expect(() => registry.removeAlias("fn", "live")).toThrow(FunctionNotFoundError);
  });

  it("split by weight", () => {
    let chance = 0;
    const registry = makeRegistry({ random: () => chance });
    deployTimes(registry, 2);
    const description = registry.putAlias("fn", "live", { version: "1", weights: { "2": 0.25 } });
    expect(description).toEqual({ name: "live", version: "1", weights: { "2": 0.25 } });
    expect(registry.describe("fn").aliases).toEqual([description]);
    const picks = Array.from({ length: 100 }, (_, index) => {
      chance = index / 100;
      return versionOf(registry, "fn:live");
    });
    expect(picks.filter((version) => version === "2")).toHaveLength(25);
  });

  it("send all or nothing at the ends of the range", () => {
    for (const [weight, chance, expected] of [
      [0, 0, "1"],
      [1, 0.999999, "2"],
    ] as const) {
      const registry = makeRegistry({ random: () => chance });
      deployTimes(registry, 2);
      registry.putAlias("fn", "live", { version: "1", weights: { "2": weight } });
      expect(versionOf(registry, "fn:live")).toBe(expected);
    }
  });

  it.each([
    [{ version: "1", weights: { "1": 0.5 } }, "weights"],
    [{ version: "1", weights: { "2": 0.5, "3": 0.1 } }, "weights"],
    [{ version: "1", weights: { "2": 1.1 } }, 'weights["2"]'],
    [{ version: "1", weights: { "2": -0.1 } }, 'weights["2"]'],
    [{ version: "1", weights: { "2": NaN } }, 'weights["2"]'],
    [{ version: "1", weights: { "2": "0.5" } }, 'weights["2"]'],
    [{ version: "1", weights: null }, "weights"],
    [{ version: "$LATEST" }, "version"],
    [{ version: 1 }, "version"],
    [{}, "version"],
  ])("refuse %j", (alias, field) => {
    const registry = makeRegistry();
    deployTimes(registry, 3);
    let refused: unknown;
    try {
      registry.putAlias("fn", "live", alias as never);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(InvalidOptionError);
    expect(refused).toMatchObject({ field, code: "INVALID_SETTING" });
    expect(() => registry.resolve("fn:live")).toThrow(FunctionNotFoundError);
  });

  it("refuse names like versions, and versions that aren't there", () => {
    const registry = makeRegistry();
    deployTimes(registry, 1);
    expect(() => registry.putAlias("fn", "7", { version: "1" })).toThrow(InvalidNameError);
    expect(() => registry.putAlias("fn", "live", { version: "2" })).toThrow(FunctionNotFoundError);
    expect(() => registry.putAlias("fn", "live", { version: "1", weights: { "2": 0.1 } })).toThrow(
      FunctionNotFoundError,
    );
    expect(() => registry.putAlias("nope", "live", { version: "1" })).toThrow(FunctionNotFoundError);
  });
});
