import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeBench } from "./helpers.ts";

const IMPORT = `import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
const als = new AsyncLocalStorage();
const get = () => als.getStore();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
`;

/** What `body`, the body of an async function that is given `got`, an array, has put there. */
async function run(body: string, head = ""): Promise<unknown> {
  const bench = makeBench();
  await bench.deploy(
    `${IMPORT}${head}\nexport const handler = async (event) => { const got = [];\n${body}\nreturn got; };`,
  );
  return (await bench.succeed({})).payload;
}

describe("AsyncLocalStorage", () => {
  it.each([
    ["await of a promise", `await sleep(1); got.push(get());`],
    ["await of a value", `await 5; await null; got.push(get());`],
    [
      "await of a rejection",
      `try { await Promise.reject(new Error()); } catch { got.push(get()); } finally { got.push(get()); }`,
    ],
    [
      "await of a thenable",
      `await { then(resolve) { got.push(get()); setTimeout(() => { got.push(get()); resolve(); }, 1); } }; got.push(get());`,
    ],
    [
      "a returned thenable",
      `const f = async () => { await 1; return { then(resolve) { got.push(get()); resolve(); } }; }; await f(); got.push(get());`,
    ],
    [
      "a thenable returned to then",
      `await Promise.resolve().then(() => ({ then(resolve) { got.push(get()); resolve(1); } }));`,
    ],
    [
      "then, catch, finally",
      `await Promise.resolve().then(() => got.push(get())).then(() => { throw 1; }).catch(() => got.push(get())).finally(() => got.push(get()));`,
    ],
    [
      "all, race, any, allSettled",
      `await Promise.all([sleep(1), 2]); got.push(get()); await Promise.race([sleep(1)]); got.push(get()); await Promise.any([sleep(1)]); got.push(get()); await Promise.allSettled([sleep(1)]); got.push(get());`,
    ],
    [
      "timers",
      `await new Promise((resolve) => setTimeout(() => { got.push(get()); setImmediate(() => { got.push(get()); resolve(); }); }, 1));`,
    ],
    [
      "intervals",
      `await new Promise((resolve) => { let n = 0; const i = setInterval(() => { got.push(get()); if (++n === 2) { clearInterval(i); resolve(); } }, 1); });`,
    ],
    [
      "prototypes of async generators, as packages look for them",
      `const AsyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype); got.push(get());
      if (typeof AsyncIteratorPrototype[Symbol.asyncIterator] !== "function") throw new Error("no prototype");`,
    ],
    [
      "queueMicrotask and nextTick",
      `await new Promise((resolve) => queueMicrotask(() => { got.push(get()); process.nextTick(() => { got.push(get()); resolve(); }); }));`,
    ],
    [
      "async generators",
      `async function* g() { yield get(); await sleep(1); yield get(); yield* h(); } async function* h() { await 1; yield get(); } for await (const x of g()) got.push(x, get());`,
    ],
    ["for await over promises", `for await (const x of [sleep(1), 2]) got.push(get());`],
    [
      "methods, this, super and arguments",
      `class A { async m() { await 1; return [this.x, arguments.length, get()]; } } class B extends A { x = 7; async m() { await 1; const f = async () => { await 1; return [...(await super.m(1, 2)), this.x, arguments[0]]; }; return f(); } } got.push(...(await new B().m("z")));`,
    ],
  ])("holds across %s", async (name, body) => {
    const payload = (await run(
      `await als.run("in", async () => { ${body} }); got.push(get() ?? "out");`,
    )) as unknown[];
    expect(payload.length).toBeGreaterThan(1);
    expect(payload.pop()).toBe("out");
    const expected = name.startsWith("methods") ? [7, 2, "in", 7, "z"] : payload.map(() => "in");
    expect(payload).toEqual(expected);
  });

  it("keeps contexts that are interleaved apart, and nested ones in each other", async () => {
    const body = `const other = new AsyncLocalStorage();
      const work = async (name) => { for (let i = 0; i < 20; i++) { await (i % 3 ? i : sleep(i % 2)); if (get() !== name) got.push([name, get()]); }
        await other.run(name + "!", async () => { await sleep(1); if (get() !== name || other.getStore() !== name + "!") got.push("nested"); });
        if (other.getStore() !== undefined) got.push("left"); return get(); };
      const names = ["a", "b", "c", "d"];
      got.push(...await Promise.all(names.map((name) => als.run(name, work, name))));`;
    expect(await run(body)).toEqual(["a", "b", "c", "d"]);
  });

  it("enters, exits, binds, takes snapshots, defaults and is disabled", async () => {
    const body = `als.enterWith("one"); await sleep(1); got.push(get());
      als.exit(() => got.push(get() ?? "none")); got.push(get());
      const snapshot = AsyncLocalStorage.snapshot(), bound = AsyncLocalStorage.bind(() => get());
      als.run("two", () => got.push(get(), snapshot(get), bound()));
      const named = new AsyncLocalStorage({ defaultValue: 3, name: "n" }); got.push(named.getStore(), named.name);
      const resource = new AsyncResource("R"); als.run("x", () => got.push(resource.runInAsyncScope((a) => get() + a, null, 1)));
      try { als.run("y", () => { throw new Error("e"); }); } catch { got.push(get()); }
      als.disable(); got.push(get() ?? "off");`;
    expect(await run(body)).toEqual([
      "one",
      "none",
      "one",
      "two",
      "one",
      "one",
      3,
      "n",
      "one1",
      "one",
      "off",
    ]);
  });

  it("begins each invocation with nothing", async () => {
    const bench = makeBench();
    await bench.deploy(
      `${IMPORT}export const handler = async () => { const before = get() ?? null; als.enterWith("left"); await sleep(1); return [before, get()]; };`,
    );
    expect((await bench.succeed()).payload).toEqual([null, "left"]);
    expect((await bench.succeed()).payload).toEqual([null, "left"]);
  });

  it("leaves top-level await be", async () => {
    const head = `const text = "äö"; const late = await sleep(1).then(() => 5); const two = await als.run(4, async () => { await 1; return get(); });`;
    expect(await run(`got.push(late, two, text);`, head)).toEqual([5, 4, "äö"]);
    expect(
      await run(
        `got.push(all);`,
        `let all = 0; for await (const n of [1, sleep(1).then(() => 2)]) all += n;`,
      ),
    ).toEqual([3]);
  });

  it("works in CommonJS, where it is asked for late", async () => {
    const bench = makeBench();
    await bench.deploy(`exports.handler = async () => { const { AsyncLocalStorage } = require("async_hooks"); const als = new AsyncLocalStorage();
      return als.run(1, async () => { await 0; return als.getStore(); }); };`);
    expect((await bench.succeed()).payload).toBe(1);
  });

  it("leaves it to be seen which functions are async", async () => {
    const body = `class A { async m({ a } = {}) { return a; } static s() { return async () => 1; } }
      async function f() { await 1; } async function* g() {}
      const all = [async () => 1, async (a, b = { c: 1 }) => { await a; }, f, A.prototype.m, A.s, (x) => [x].map(async (y) => y), get, g, function () { return f(); }];
      got.push(...all.map((each) => Object.prototype.toString.call(each).slice(8, -1)));`;
    const [isAsync, isNot] = ["AsyncFunction", "Function"];
    expect(await run(body)).toEqual([isAsync, isAsync, isAsync, isAsync, isNot, isNot, isNot, isNot, isNot]);
  });

  it("keeps lines in traces", async () => {
    const bench = makeBench();
    await bench.deploy(
      `// async_hooks\nconst fail = async () => {\n  await 1;\n  throw new Error("no");\n};\nexport const handler = async () => {\n  await fail();\n};`,
    );
    expect((await bench.fail()).error.trace?.[1]).toBe("    at /var/task/index.js:4:9");
  });

  it("keeps lines in the traces of bundles", async () => {
    const folder = await mkdtemp(join(tmpdir(), "isolet-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "package.json"), "{}");
    await writeFile(
      join(folder, "app.ts"),
      `import { fail } from "./fail.ts";\nimport { AsyncLocalStorage } from "async_hooks";\nconst als = new AsyncLocalStorage<number>();\nexport const handler = (event: { fails?: boolean }) => als.run(3, async () => {\n  await null;\n  if (event.fails) await fail();\n  return als.getStore();\n});`,
    );
    await writeFile(
      join(folder, "fail.ts"),
      `export async function fail(): Promise<void> {\n  await 1;\n  throw new Error("no");\n}`,
    );
    const { engine } = makeBench();
    await engine.deploy("fn", { code: { file: join(folder, "app.ts") }, handler: "app.handler" });
    expect(await engine.invoke("fn", {})).toMatchObject({ payload: 3 });
    const failed = await engine.invoke("fn", { fails: true });
    expect(failed).toMatchObject({ status: "failed" });
    expect("error" in failed && failed.error.trace?.[1]).toBe("    at /var/task/fail.ts:3:9");
  });
});

describe("createHook", () => {
  /** What is put together of each event of a resource whose type is asked for. */
  const HOOK = `import { createHook, executionAsyncId, triggerAsyncId, executionAsyncResource, AsyncResource } from "node:async_hooks";
const types = new Map(), events = [], resources = new Map();
const hook = createHook({
  init(id, type, trigger, resource) { types.set(id, type); resources.set(id, resource); events.push(["init", type, trigger === executionAsyncId()]); },
  before(id) { events.push(["before", types.get(id), id === executionAsyncId()]); },
  after(id) { events.push(["after", types.get(id), id === executionAsyncId()]); },
  destroy(id) { events.push(["destroy", types.get(id)]); },
});
const of = (type) => events.filter((event) => event[1] === type).map(([name, , right]) => name + (right === false ? "!" : ""));
`;

  it.each([
    ["Timeout", `await new Promise((resolve) => setTimeout(resolve, 1));`],
    ["Immediate", `await new Promise((resolve) => setImmediate(resolve));`],
    ["TickObject", `await new Promise((resolve) => process.nextTick(resolve));`],
    ["Microtask", `await new Promise((resolve) => queueMicrotask(resolve));`],
    ["OWN", `const own = new AsyncResource("OWN"); own.runInAsyncScope(() => 1); own.emitDestroy();`],
  ])("tells of %s", async (type, act) => {
    const bench = makeBench();
    await bench.deploy(
      `${HOOK} export const handler = async () => { hook.enable(); ${act} hook.disable(); return of("${type}"); };`,
    );
    expect((await bench.succeed({})).payload).toEqual(["init", "before", "after", "destroy"]);
  });

  it("tells of promises, and whose code runs", async () => {
    const bench = makeBench();
    await bench.deploy(`${HOOK} export const handler = async () => {
      const got = [executionAsyncId(), triggerAsyncId()];
      hook.enable();
      let outer;
      await new Promise((resolve) => setTimeout(() => {
        outer = executionAsyncId();
        got.push(types.get(outer), resources.get(outer) === executionAsyncResource());
        Promise.resolve().then(() => { got.push(types.get(executionAsyncId()), triggerAsyncId() === outer); resolve(); });
      }, 1));
      hook.disable();
      const before = events.length;
      await new Promise((resolve) => setTimeout(resolve, 1));
      return [...got, events.length === before, of("PROMISE").slice(0, 1)];
    };`);
    expect((await bench.succeed({})).payload).toEqual([
      ...[1, 0, "Timeout", true, "PROMISE", true],
      ...[true, ["init"]],
    ]);
  });

  it("carries what packages keep by ids, as before AsyncLocalStorage", async () => {
    const bench = makeBench();
    await bench.deploy(`import { createHook, executionAsyncId } from "node:async_hooks";
      const contexts = new Map();
      createHook({
        init(id, _type, trigger) { if (contexts.has(trigger)) contexts.set(id, contexts.get(trigger)); },
        destroy(id) { contexts.delete(id); },
      }).enable();
      const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const work = async (name) => { contexts.set(executionAsyncId(), name); await sleep(2); await null; return contexts.get(executionAsyncId()); };
      export const handler = async () => Promise.all([
        new Promise((resolve) => setTimeout(() => resolve(work("a")), 1)),
        new Promise((resolve) => setTimeout(() => resolve(work("b")), 1)),
      ]);`);
    expect((await bench.succeed({})).payload).toEqual(["a", "b"]);
  });
});
