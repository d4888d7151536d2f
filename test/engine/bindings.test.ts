import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { BindingCaller } from "../../src/index.ts";
import { makeBench, until } from "./helpers.ts";

class Store {
  readonly #values = new Map<string, unknown>();
  value = "no method";
  set(key: string, value: unknown): void {
    this.#values.set(key, value);
  }
  async get(key: string): Promise<unknown> {
    await Promise.resolve();
    return this.#values.get(key) ?? null;
  }
  _hidden(): string {
    return "hidden";
  }
  fail(): never {
    throw Object.assign(new RangeError("too far"), { code: "E_FAR", secret: "host's" });
  }
  circular(): unknown {
    const value: Record<string, unknown> = {};
    value["self"] = value;
    return value;
  }
  bytes(): Uint8Array {
    return new Uint8Array([0, 127, 255]);
  }
  async *count(to: number): AsyncGenerator {
    for (let at = 1; at <= to; at++) yield await Promise.resolve({ at });
  }
  big(): string {
    return "x".repeat(200_000);
  }
}

/** A handler that gives what `body` does, or the error that it throws. */
function handler(body: string): string {
  return `import { bindings } from "isolet/runtime";
  export const handler = async (event) => {
    try { ${body} } catch (error) { return { name: error.name, message: error.message, code: error.code, stack: /binding-calls|\\.test\\./.test(error.stack), keys: Object.keys(error) }; }
  };`;
}

describe("a binding", () => {
  it("has its methods called with JSON and gives JSON, bytes, or nothing", async () => {
    const bench = makeBench({ bindings: { db: new Store() } });
    await bench.deploy(
      handler(`await bindings.db.set("k", { a: [1, null] });
        const bytes = await bindings.db.bytes();
        return [await bindings.db.get("k"), await bindings.db.get("none"), await bindings.db.set("l", 1) === undefined, bytes instanceof Uint8Array, [...bytes]];`),
      { permissions: { bindings: ["db"] } },
    );
    expect((await bench.succeed()).payload).toEqual([{ a: [1, null] }, null, true, true, [0, 127, 255]]);
    expect(bench.engine.permissions("fn")).toMatchObject({
      used: [
        { permission: "bindings", detail: "db.set", count: 2 },
        { permission: "bindings", detail: "db.bytes", count: 1 },
        { permission: "bindings", detail: "db.get", count: 2 },
      ],
      leastUsed: { bindings: ["db.bytes", "db.get", "db.set"] },
    });
  });

  it("takes and gives a megabyte", async () => {
    const bench = makeBench({ bindings: { db: new Store() } });
    await bench.deploy(
      handler(`const value = Array.from({ length: 1e5 }, (_, index) => "item " + index);
        await bindings.db.set("k", value); return JSON.stringify(await bindings.db.get("k")) === JSON.stringify(value);`),
      { permissions: { bindings: true } },
    );
    expect((await bench.succeed()).payload).toBe(true);
  });

  it.each([
    ["constructor", "has no method"],
    ["_hidden", "has no method"],
    ["value", "has no method"],
    ["toString", "has no method"],
    ["__proto__", "has no method"],
    ["hasOwnProperty", "has no method"],
    ["nothing", "has no method"],
  ])("offers no %s", async (method, message) => {
    const bench = makeBench({ bindings: { db: new Store() } });
    await bench.deploy(handler(`return await bindings.db[${JSON.stringify(method)}]("x");`), {
      permissions: { bindings: true },
    });
    const { payload } = await bench.succeed();
    expect((payload as { message: string }).message).toContain(message);
  });

  it("tells of an error its name, message and code, and nothing else", async () => {
    const bench = makeBench({ bindings: { db: new Store() } });
    await bench.deploy(handler(`return await bindings.db.fail();`), { permissions: { bindings: true } });
    expect((await bench.succeed()).payload).toEqual({
      name: "RangeError",
      message: "too far",
      code: "E_FAR",
      stack: false,
      keys: ["code"],
    });
    await bench.deploy(handler(`return await bindings.db.circular();`), { permissions: { bindings: true } });
    expect((await bench.succeed()).payload).toMatchObject({
      message: "What db.circular gives can't be written as JSON.",
    });
  });

  it("is denied to who isn't granted it, naming the grant", async () => {
    const bench = makeBench({ bindings: { db: new Store(), mail: new Store() } });
    await bench.deploy(
      handler(`if (event === "keys") return [Object.keys(bindings), "db" in bindings, "mail" in bindings];
        if (event === "set") return await bindings.db.set("k", 1);
        return await bindings.mail.get("k");`),
      { permissions: { bindings: ["db.get"] } },
    );
    expect((await bench.succeed("keys")).payload).toEqual([["db"], true, false]);
    expect((await bench.succeed("set")).payload).toMatchObject({
      name: "NotAllowedError",
      code: "ERR_ACCESS_DENIED",
      message:
        'Function "fn" may not call the binding db.set: grant it with permissions: { bindings: ["db.set"] }.',
    });
    expect((await bench.succeed()).payload).toMatchObject({ code: "ERR_ACCESS_DENIED" });
    expect(bench.engine.permissions("fn").leastAsked).toEqual({ bindings: ["db.set", "mail.get"] });
  });

  it("that nobody offers is refused in other words", async () => {
    const bench = makeBench();
    await bench.deploy(handler(`return await bindings.db.get("k");`), { permissions: { bindings: true } });
    expect((await bench.succeed()).payload).toMatchObject({ message: 'The host offers no binding "db".' });
  });

  it("is made for who calls where it is a function", async () => {
    const callers: Omit<BindingCaller, "signal">[] = [];
    const bench = makeBench({
      bindings: {
        me: ({ signal, ...caller }: BindingCaller) => {
          callers.push(caller);
          return { tenant: () => [caller.tenant, signal.aborted] };
        },
      },
    });
    await bench.deploy(handler(`return await bindings.me.tenant();`), { permissions: { bindings: ["me"] } });
    expect((await bench.succeed(null, { tenant: "blue" })).payload).toEqual(["blue", false]);
    expect(callers).toEqual([{ functionName: "fn", functionVersion: "1", tenant: "blue" }]);
  });

  it("can be revoked and offered again while functions run", async () => {
    const bench = makeBench();
    const gate = Promise.withResolvers<undefined>();
    const started = Promise.withResolvers<undefined>();
    bench.engine.bindings.offer("db", {
      wait: () => {
        started.resolve(undefined);
        return gate.promise;
      },
    });
    await bench.deploy(handler(`return await bindings.db.wait();`), { permissions: { bindings: ["db"] } });
    const waiting = bench.succeed();
    await started.promise;
    expect(bench.engine.bindings.revoke("db")).toBe(true);
    expect((await waiting).payload).toMatchObject({ message: 'The binding "db" was revoked.' });
    expect(bench.engine.bindings.revoke("db")).toBe(false);
    expect((await bench.succeed()).payload).toMatchObject({ code: "ERR_NO_BINDING" });
    bench.engine.bindings.offer("db", { wait: () => "again" });
    expect(await bench.succeed()).toMatchObject({ payload: "again", coldStart: false });
  });

  it("has its time, and its size", async () => {
    const bench = makeBench({ payloadLimitBytes: 100_000 });
    bench.engine.bindings.offer("db", { never: () => new Promise(() => undefined) }, { timeoutMs: 5 });
    bench.engine.bindings.offer("store", new Store());
    await bench.deploy(
      handler(`if (event === "big") return (await bindings.store.big()).length;
        if (event === "long") return await bindings.store.set("k", "x".repeat(1e5));
        return await bindings.db.never();`),
      { permissions: { bindings: true } },
    );
    expect((await bench.succeed()).payload).toMatchObject({
      name: "TimeoutError",
      message: "db.never took longer than its binding's timeoutMs of 5 ms.",
    });
    const tooLong = { message: expect.stringContaining("payloadLimitBytes of 100000 bytes") as string };
    expect((await bench.succeed("big")).payload).toMatchObject(tooLong);
    expect((await bench.succeed("long")).payload).toMatchObject(tooLong);
  });

  it("sees its caller's end by a signal", async () => {
    const aborted = Promise.withResolvers<string>();
    const bench = makeBench({
      bindings: {
        slow: ({ signal }: BindingCaller) => ({
          wait: async () => {
            await once(signal, "abort");
            aborted.resolve("aborted");
          },
        }),
      },
    });
    await bench.deploy(handler(`return await bindings.slow.wait();`), {
      permissions: { bindings: true },
      timeoutMs: 50,
    });
    expect((await bench.fail()).error.errorType).toBe("Sandbox.Timedout");
    expect(await aborted.promise).toBe("aborted");
  });

  it.each([["1x"], ["a b"], [""]])("has no name such as %j", (name) => {
    const { engine } = makeBench();
    expect(() => engine.bindings.offer(name, {})).toThrow("allowed: a letter");
  });
});

describe("a stream of a binding's", () => {
  it("is an async iterable, awaited or not", async () => {
    const bench = makeBench({ bindings: { db: new Store() } });
    await bench.deploy(
      handler(`const all = [];
        for await (const { at } of bindings.db.count(30)) all.push(at);
        for await (const { at } of await bindings.db.count(2)) all.push(at);
        return all;`),
      { permissions: { bindings: true } },
    );
    expect((await bench.succeed()).payload).toEqual([...Array.from({ length: 30 }, (_, at) => at + 1), 1, 2]);
  });

  it("goes no further ahead of its reader than eight pieces, and ends with it", async () => {
    let made = 0;
    let isEnded = false;
    const bench = makeBench({
      bindings: {
        feed: {
          async *forever() {
            try {
              for (;;) yield await Promise.resolve(++made);
            } finally {
              isEnded = true;
            }
          },
        },
        told: { made: () => made },
      },
    });
    await bench.deploy(
      handler(`const stream = await bindings.feed.forever();
        let before = -1, now = 0;
        while (now !== before) { before = now; now = await bindings.told.made(); }
        const first = (await stream.next()).value;
        for await (const at of stream) if (at === 20) break;
        return [now <= 9, first];`),
      { permissions: { bindings: true } },
    );
    expect((await bench.succeed()).payload).toEqual([true, 1]);
    await until(() => isEnded);
    expect(made).toBeLessThan(40);
  });

  it("carries bytes, and the error that it ends with", async () => {
    const bench = makeBench({
      bindings: {
        feed: {
          bytes: () => new Blob(["héllo"]).stream(),
          async *broken() {
            yield await Promise.resolve(1);
            throw new TypeError("broke");
          },
        },
      },
    });
    await bench.deploy(
      handler(`if (event === "bytes") { let all = []; for await (const part of bindings.feed.bytes()) all.push(...part); return all; }
        const seen = []; try { for await (const one of bindings.feed.broken()) seen.push(one); } catch (error) { seen.push(error.name + " " + error.message); }
        return seen;`),
      { permissions: { bindings: true } },
    );
    expect((await bench.succeed("bytes")).payload).toEqual([...Buffer.from("héllo")]);
    expect((await bench.succeed()).payload).toEqual([1, "TypeError broke"]);
  });
});
