import { describe, expect, it } from "vitest";
import { InvalidOptionError } from "../../src/base/errors.ts";
import type { FunctionPermissions, ResolvedPermissions } from "../../src/functions/permissions.ts";
import { resolveSettings } from "../../src/functions/resolve-settings.ts";

function resolve(permissions?: unknown, defaults?: FunctionPermissions): ResolvedPermissions {
  const settings = { code: { source: "" }, permissions: permissions as FunctionPermissions };
  return resolveSettings("fn", settings, defaults && { permissions: defaults }).permissions;
}

function refusal(permissions: unknown): InvalidOptionError {
  try {
    resolve(permissions);
  } catch (error) {
    if (error instanceof InvalidOptionError) return error;
    throw error;
  }
  throw new Error(`accepted ${JSON.stringify(permissions)}`);
}

describe("permissions", () => {
  it("grant /tmp and nothing else by default", () => {
    expect(resolve()).toEqual({
      net: false,
      fs: true,
      invoke: [],
      bindings: [],
      wasm: false,
      eval: false,
      sharedArrayBuffer: false,
      atomicsWait: false,
    });
  });

  it("fill in what a grant of connections leaves out", () => {
    expect(resolve({ net: { hosts: ["example.com"] } }).net).toEqual({
      hosts: ["example.com"],
      sockets: ["example.com"],
      methods: [],
      schemes: ["http", "https"],
      responseBytes: 104_857_600,
      requestBytes: 67_108_864,
      timeoutMs: 300_000,
      connectTimeoutMs: 10_000,
      concurrency: 64,
      openSockets: 64,
    });
    expect(resolve({ net: true }).net).toMatchObject({ hosts: ["*"] });
  });

  it("give sockets where requests go, unless these are restricted, and where it is said", () => {
    const socketsOf = (net: object): unknown => {
      const resolved = resolve({ net }).net;
      return resolved && resolved.sockets;
    };
    expect(socketsOf({ hosts: ["a.example:5432"] })).toEqual(["a.example:5432"]);
    expect(socketsOf({ hosts: ["a.example"], methods: ["GET"] })).toEqual([]);
    expect(socketsOf({ hosts: ["a.example"], schemes: ["https"] })).toEqual([]);
    expect(socketsOf({ hosts: ["a.example"], methods: ["GET"], sockets: ["b.example:1"] })).toEqual([
      "b.example:1",
    ]);
    expect(socketsOf({ hosts: ["a.example"], sockets: [] })).toEqual([]);
    expect(resolve({ net: { sockets: ["b.example:1"] } }).net).toMatchObject({ hosts: [] });
    expect(resolve({ net: true }).net).toMatchObject({ sockets: ["*"] });
    expect(refusal({ net: { sockets: ["tcp://b.example"] } }).field).toBe("permissions.net.sockets[0]");
    expect(refusal({ net: { hosts: [], openSockets: 0 } }).allowed).toBe("an integer from 1 to 1000");
    expect(refusal({ net: { methods: ["GET"] } }).field).toBe("permissions.net.hosts");
  });

  it("are all granted by allowAll, but for those that say otherwise", () => {
    const all = resolve({ allowAll: true, eval: false, invoke: ["a"] });
    expect(all).toMatchObject({ net: { hosts: ["*", "0.0.0.0/0", "::/0"] }, bindings: true, wasm: true });
    expect(all).toMatchObject({ sharedArrayBuffer: true, atomicsWait: true, eval: false, invoke: ["a"] });
  });

  it("come from the defaults one by one", () => {
    const defaults = { net: { hosts: ["a.example"], timeoutMs: 5 }, wasm: true };
    expect(resolve(undefined, defaults)).toMatchObject({ net: { hosts: ["a.example"] }, wasm: true });
    expect(resolve({ net: { hosts: ["b.example"] } }, defaults)).toMatchObject({
      net: { hosts: ["b.example"], timeoutMs: 300_000 },
      wasm: true,
    });
    expect(resolve({ net: false }, defaults)).toMatchObject({ net: false, wasm: true });
  });

  it.each([
    ["*"],
    ["*:443"],
    ["example.com"],
    ["*.example.com:443"],
    ["Bücher.example"],
    ["localhost:1-65535"],
    ["10.0.0.0/8"],
    ["127.0.0.1:8000"],
    ["::1"],
    ["fd00::/8"],
    ["[fd00::/8]:53"],
  ])("take the host %s", (host) => {
    expect(resolve({ net: { hosts: [host] } }).net).toMatchObject({ hosts: [host] });
  });

  it.each([
    [{ webAssembly: true }, "permissions.webAssembly", "use permissions.wasm"],
    [{ network: true }, "permissions.network", "use permissions.net"],
    [{ invokes: true }, "permissions.invokes", "did you mean permissions.invoke?"],
    [{ net: "example.com" }, "permissions.net", "an object of settings"],
    [{ net: {} }, "permissions.net.hosts", "a list of hosts"],
    [{ net: { host: ["a"] } }, "permissions.net.host", "did you mean permissions.net.hosts?"],
    [{ net: { hosts: ["https://example.com"] } }, "permissions.net.hosts[0]", "without scheme and path"],
    [{ net: { hosts: ["a.example", "b.example/x"] } }, "permissions.net.hosts[1]", "without scheme and path"],
    [{ net: { hosts: ["a.*.example"] } }, "permissions.net.hosts[0]", "without scheme"],
    [{ net: { hosts: ["10.0.0.0/33"] } }, "permissions.net.hosts[0]", "without scheme"],
    [{ net: { hosts: ["127.1"] } }, "permissions.net.hosts[0]", "without scheme"],
    [{ net: { hosts: ["a.example:0"] } }, "permissions.net.hosts[0]", "without scheme"],
    [{ net: { hosts: ["a.example:9-8"] } }, "permissions.net.hosts[0]", "without scheme"],
    [{ net: { hosts: ["a"], methods: [] } }, "permissions.net.methods.length", "1 to 100"],
    [{ net: { hosts: ["a"], methods: ["get"] } }, "permissions.net.methods[0]", "in capitals"],
    [{ net: { hosts: ["a"], methods: ["CONNECT"] } }, "permissions.net.methods[0]", "other than CONNECT"],
    [{ net: { hosts: ["a"], schemes: ["ftp"] } }, "permissions.net.schemes[0]", '"http" or "https"'],
    [{ net: { hosts: ["a"], concurrency: 0 } }, "permissions.net.concurrency", "1 to 10000"],
    [{ invoke: "orders" }, "permissions.invoke", "a list"],
    [{ invoke: ["a b"] }, "permissions.invoke[0]", "a function's name"],
    [{ bindings: ["_secret"] }, "permissions.bindings[0]", "a binding's name"],
    [{ bindings: ["db.constructor.x"] }, "permissions.bindings[0]", "a binding's name"],
    [{ allowAll: "yes" }, "permissions.allowAll", "true or false"],
  ])("refuse %j", (permissions, field, allowed) => {
    const error = refusal(permissions);
    expect(error).toMatchObject({ code: "INVALID_SETTING", field });
    expect(error.message).toContain(allowed);
  });
});
