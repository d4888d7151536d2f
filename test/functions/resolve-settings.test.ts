import { describe, expect, it } from "vitest";
import { InvalidOptionError } from "../../src/base/errors.ts";
import { resolveSettings } from "../../src/functions/resolve-settings.ts";

const code = { source: "export const handler = () => 1;" };

/** Resolves what a JavaScript caller might give. */
function resolve(settings: Record<string, unknown>, defaults?: Record<string, unknown>) {
  return resolveSettings("greet", { code, ...settings }, defaults);
}

function refusal(settings: Record<string, unknown>, defaults?: Record<string, unknown>): InvalidOptionError {
  try {
    resolve(settings, defaults);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionError);
    return error as InvalidOptionError;
  }
  throw new Error(`accepted ${JSON.stringify(settings)}`);
}

describe("resolveSettings", () => {
  it("fills in every default", () => {
    expect(resolve({})).toEqual({
      handler: "index.handler",
      runtime: "nodejs24.x",
      timeoutMs: 3000,
      memoryMb: 128,
      environment: {},
      reservedConcurrency: undefined,
      provisionedConcurrency: 0,
      environmentConcurrency: 1,
      isolation: "in-process",
      limits: {
        cpuMs: 3000,
        logLines: 10_000,
        logBytes: 8_388_608,
        timers: 10_000,
        hostCalls: 1_000,
        errorBytes: 65_536,
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
      tags: {},
      description: "",
    });
  });

  it("takes the limit on CPU time from the time limit, unless it is set", () => {
    expect(resolve({ timeoutMs: 7 }).limits.cpuMs).toBe(7);
    expect(resolve({ timeoutMs: 7, limits: { cpuMs: 500 } }).limits.cpuMs).toBe(500);
  });

  it("takes each limit and permission from the function, else from the defaults", () => {
    const defaults = {
      limits: { timers: 5, logLines: 6 },
      permissions: { wasm: true, atomicsWait: true },
    };
    const settings = resolve({ limits: { timers: 7 }, permissions: { atomicsWait: false } }, defaults);
    expect(settings.limits).toMatchObject({ timers: 7, logLines: 6, errorBytes: 65_536 });
    expect(settings.permissions).toMatchObject({ wasm: true, atomicsWait: false, sharedArrayBuffer: false });
    expect(Object.isFrozen(settings.limits) && Object.isFrozen(settings.permissions)).toBe(true);
  });

  it.each([
    ["cpuMs", 1, 900_000],
    ["logLines", 1, 10_000_000],
    ["logBytes", 1_024, 1_073_741_824],
    ["timers", 1, 1_000_000],
    ["errorBytes", 256, 6_291_456],
  ])("takes limits.%s from %d to %d, whole numbers only", (name, min, max) => {
    for (const value of [min, max])
      expect(resolve({ limits: { [name]: value } }).limits).toMatchObject({ [name]: value });
    for (const value of [min - 1, max + 1, min + 0.5, NaN, Infinity, String(max), null]) {
      const field = `limits.${name}`;
      expect(refusal({ limits: { [name]: value } })).toMatchObject({ code: "INVALID_SETTING", field, value });
    }
  });

  it.each([
    [{ limits: 5 }, "limits"],
    [{ permissions: [] }, "permissions"],
    [{ limits: { cpums: 5 } }, "limits.cpums"],
    [{ permissions: { network: true } }, "permissions.network"],
    [{ permissions: { wasm: "yes" } }, "permissions.wasm"],
    [{ permissions: { wasm: 1 } }, "permissions.wasm"],
  ])("refuses %j", (settings, field) => {
    expect(refusal(settings)).toMatchObject({ code: "INVALID_SETTING", field });
  });

  it("is frozen through and through, and apart from what was given", () => {
    const environment = { STAGE: "test" };
    const settings = resolve({ environment, tags: { team: "a" } });
    environment.STAGE = "changed";
    expect(settings.environment).toEqual({ STAGE: "test" });
    expect([settings, settings.environment, settings.tags].every((part) => Object.isFrozen(part))).toBe(true);
  });

  it.each([
    ["timeoutMs", 1, 900_000],
    ["memoryMb", 16, 10_240],
    ["reservedConcurrency", 0, 100_000],
    ["provisionedConcurrency", 0, 1000],
    ["environmentConcurrency", 1, 64],
  ])("takes %s from %d to %d, whole numbers only", (field, min, max) => {
    for (const value of [min, max]) expect(resolve({ [field]: value })).toMatchObject({ [field]: value });
    for (const value of [min - 1, max + 1, min + 0.5, NaN, Infinity, String(max), null, [max], BigInt(max)]) {
      expect(refusal({ [field]: value })).toMatchObject({
        code: "INVALID_SETTING",
        fault: "caller",
        field,
        value,
        allowed: `an integer from ${min} to ${max}`,
      });
    }
  });

  it("says which function, which setting, its value and the range", () => {
    expect(refusal({ timeoutMs: 0 }).message).toBe(
      'Function "greet": timeoutMs is 0; allowed: an integer from 1 to 900000.',
    );
    expect(refusal({ isolation: "thread" }).message).toBe(
      'Function "greet": isolation is "thread"; allowed: "in-process" or "process" or "process-per-tenant".',
    );
    expect(refusal({ runtime: "python3.12" }).allowed).toBe('"nodejs22.x" or "nodejs24.x"');
  });

  it("leaves malformed handler names to init, where Lambda reports them", () => {
    for (const handler of ["handler", "a..b", "dir/index.api.v1.handler", "x".repeat(128)]) {
      expect(resolve({ handler }).handler).toBe(handler);
    }
    for (const handler of ["", "index. handler", "x".repeat(129), "index.handler\n", 1]) {
      expect(refusal({ handler }).field).toBe("handler");
    }
  });

  it("keeps provisioned concurrency within reserved", () => {
    expect(resolve({ reservedConcurrency: 5, provisionedConcurrency: 5 }).provisionedConcurrency).toBe(5);
    expect(refusal({ reservedConcurrency: 5, provisionedConcurrency: 6 })).toMatchObject({
      field: "provisionedConcurrency",
      allowed: "at most reservedConcurrency, which is 5",
    });
  });

  it("takes undefined as not given", () => {
    expect(resolve({ timeoutMs: undefined }, { timeoutMs: 7 }).timeoutMs).toBe(7);
  });
});

describe("unknown settings", () => {
  it.each([
    ["timeotMs", /did you mean timeoutMs\?/],
    ["MemoryMb", /did you mean memoryMb\?/],
    ["tag", /did you mean tags\?/],
    ["Timeout", /use timeoutMs, which is in milliseconds/],
    ["memorySize", /use memoryMb/],
    ["env", /use environment/],
  ])("refuses %s with advice", (field, advice) => {
    expect(refusal({ [field]: 1 })).toMatchObject({
      field,
      value: 1,
      message: expect.stringMatching(advice),
    });
  });

  it("lists the settings when none is near", () => {
    const { message } = refusal({ xyzzyplugh: 1 });
    expect(message).not.toContain("did you mean");
    expect(message).toContain("the settings are code, handler, runtime, timeoutMs");
  });

  it("refuses them in defaults too, and settings that aren't an object", () => {
    expect(refusal({}, { timeout: 3 }).field).toBe("timeout");
    for (const settings of [undefined, null, "code", [code]]) {
      expect(() => resolveSettings("greet", settings as never)).toThrow(
        /settings is .*allowed: an object of settings/,
      );
    }
  });
});

describe("environment", () => {
  it("takes Lambda's names, and TZ and PATH, which Lambda doesn't reserve", () => {
    const environment = { TZ: "UTC", PATH: "/bin", a1: "", A_b: "ü", awsRegion: "x" };
    expect(resolve({ environment }).environment).toEqual(environment);
  });

  it.each(["A", "1A", "_A", "A-B", "", "Ä1", "__proto__", "A B"])("refuses the name %j", (name) => {
    const environment = Object.fromEntries([[name, "v"]]);
    expect(refusal({ environment })).toMatchObject({ field: "environment name", value: name });
  });

  it.each(["AWS_REGION", "_HANDLER", "AWS_LAMBDA_FUNCTION_NAME", "AWS_DEFAULT_REGION", "LAMBDA_TASK_ROOT"])(
    "refuses %s, which Lambda reserves",
    (name) =>
      expect(refusal({ environment: { [name]: "v" } }).message).toMatch(/Lambda (?:doesn't )?reserve/),
  );

  it("counts 4096 bytes, not characters", () => {
    const name = "AB";
    expect(resolve({ environment: { [name]: "ü".repeat(2047) } }).environment[name]).toHaveLength(2047);
    expect(refusal({ environment: { [name]: "ü".repeat(2047) + "x" } })).toMatchObject({
      field: "environment",
      value: 4097,
    });
  });

  it("refuses values that aren't strings, and never shows those that are", () => {
    expect(refusal({ environment: { PORT: 3000 } }).message).toContain(
      'environment["PORT"] is 3000; allowed: a string',
    );
    const { message, value } = refusal({ environment: { SECRET: "hunter2".repeat(1000) } });
    expect(`${message} ${String(value)}`).not.toContain("hunter2");
    for (const environment of [null, "A=1", ["A"]])
      expect(refusal({ environment }).field).toBe("environment");
  });

  it("lies over the defaults, entry by entry", () => {
    const defaults = { environment: { STAGE: "dev", LEVEL: "info" }, memoryMb: 256 };
    expect(resolve({ environment: { STAGE: "prod" } }, defaults)).toMatchObject({
      environment: { STAGE: "prod", LEVEL: "info" },
      memoryMb: 256,
    });
  });
});

describe("tags and description", () => {
  it("takes fifty tags and no more", () => {
    const tags = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
    expect(Object.keys(resolve({ tags: tags(50) }).tags)).toHaveLength(50);
    expect(refusal({ tags: tags(51) })).toMatchObject({
      field: "tags",
      value: 51,
      allowed: "at most 50 tags",
    });
  });

  it("holds keys to 128 characters and values to 256", () => {
    expect(resolve({ tags: { ["k".repeat(128)]: "v".repeat(256), "cost centre": "" } }).tags).toHaveProperty(
      "cost centre",
      "",
    );
    expect(refusal({ tags: { ["k".repeat(129)]: "v" } }).field).toBe("tags key");
    expect(refusal({ tags: { "": "v" } }).field).toBe("tags key");
    expect(refusal({ tags: { "aws:x": "v" } }).allowed).toContain("aws:");
    expect(refusal({ tags: { k: "v".repeat(257) } })).toMatchObject({
      field: 'tags["k"].length',
      value: 257,
    });
  });

  it("keeps a tag called __proto__ a tag", () => {
    const { tags } = resolve({ tags: JSON.parse('{"__proto__":"x"}') as unknown });
    expect(Object.entries(tags)).toEqual([["__proto__", "x"]]);
  });

  it("holds the description to 256 characters, line breaks among them", () => {
    const description = "a\n".repeat(128);
    expect(resolve({ description }).description).toBe(description);
    expect(refusal({ description: `${description}.` }).field).toBe("description");
  });
});
