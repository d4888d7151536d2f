import { describe, expect, it } from "vitest";
import { serve } from "../bridge/net-support.ts";
import { makeBench } from "./helpers.ts";

/** What copies of the package undici do, by what they share: `test/ladder` has the package itself. */
const HEAD = `
const [first, second] = ["undici.globalDispatcher.1", "undici.globalDispatcher.2"].map((name) => globalThis[Symbol.for(name)]);
/** A handler of undici 7 and later. */
const heard = (dispatch) => new Promise((resolve) => {
  const said = [];
  const data = [];
  dispatch({
    onRequestStart: (controller) => said.push("start " + controller.aborted),
    onResponseStart: (controller, status, headers, text) => said.push(["response", status, text, headers["set-cookie"], headers["x-a"], controller.rawHeaders.includes("X-A")]),
    onResponseData: (controller, chunk) => data.push(chunk),
    onResponseEnd: (controller, trailers) => resolve([...said, Buffer.concat(data).toString(), Buffer.isBuffer(data[0])]),
    onResponseError: (controller, error) => resolve([...said, error.name, error.code, error.message]),
  });
});
/** One of undici 4 to 6. */
const heardOld = (dispatch, { pauses = false } = {}) => new Promise((resolve) => {
  const said = [];
  const data = [];
  let abort;
  dispatch({
    onConnect: (given) => { abort = given; said.push("connect"); },
    onHeaders: (status, raw, resume, text) => { said.push(["headers", status, text, raw.includes("X-A")]); if (pauses) { setTimeout(resume, 1); return false; } },
    onData: (chunk) => { data.push(chunk); return true; },
    onComplete: (trailers) => resolve([...said, Buffer.concat(data).toString(), trailers]),
    onError: (error) => resolve([...said, error.name, error.code, error.message]),
    abort: () => abort(),
  });
});`;

async function run(body: string): Promise<unknown> {
  const port = await serve((request, response) => {
    let got = "";
    request.on("data", (chunk: Buffer) => (got += chunk.toString()));
    request.on("end", () => {
      const { method, url, headers } = request;
      response.writeHead(201, "Made", [
        ["X-A", "1"],
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
      ]);
      const { "content-length": length, "transfer-encoding": encoding, "x-b": b } = headers;
      response.end(JSON.stringify([method, url, b ?? null, length ?? encoding ?? null, got]));
    });
  });
  const bench = makeBench();
  await bench.deploy(
    `${HEAD}\nexport const handler = async (origin) => { const get = { origin, path: "/a?b=1", method: "GET" }; ${body} };`,
    { timeoutMs: 20_000, permissions: { net: { hosts: [`127.0.0.1:${port}`] } } },
  );
  return (await bench.succeed(`http://127.0.0.1:${port}`)).payload;
}

describe("the dispatcher that copies of undici find", () => {
  it("is one under both symbols, and is replaced as undici does it", async () => {
    const body = `const same = first === second && first === globalThis[Symbol.for("undici.globalDispatcher.1")];
      for (const n of [1, 2]) Object.defineProperty(globalThis, Symbol.for("undici.globalDispatcher." + n), { value: n, writable: true, enumerable: false, configurable: false });
      const closed = await first.close(); await first.destroy();
      return [same, globalThis[Symbol.for("undici.globalDispatcher.1")], typeof first.on, Object.keys(globalThis).length, closed ?? null];`;
    expect(await run(body)).toEqual([true, 1, "function", 0, null]);
  });

  it("serves handlers of every version", async () => {
    const shown = JSON.stringify(["GET", "/a?b=1", null, null, ""]);
    const made = ["response", 201, "Made", ["a=1", "b=2"], "1", true];
    expect(await run(`return heard((handler) => first.dispatch(get, handler));`)).toEqual([
      "start false",
      made,
      shown,
      true,
    ]);
    const old = ["connect", ["headers", 201, "Made", true], shown, []];
    expect(await run(`return heardOld((handler) => first.dispatch(get, handler));`)).toEqual(old);
    expect(
      await run(`return heardOld((handler) => first.dispatch(get, handler), { pauses: true });`),
    ).toEqual(old);
  });

  it.each([
    [`body: "é"`, "2", "é"],
    [`body: Buffer.from("ab")`, "2", "ab"],
    [`body: new Blob(["abc"])`, "3", "abc"],
    [`body: (async function* () { yield "a"; yield Buffer.from("b"); })()`, "chunked", "ab"],
    [`body: ["a", "b"]`, "chunked", "ab"],
    [`body: "ab", headers: ["x-b", "1", "Content-Length", "2"]`, "2", "ab", "1"],
    [`body: "", headers: new Map([["x-b", "2"]])`, "0", "", "2"],
    [`headers: { "X-B": ["3", "4"], none: undefined }`, "0", "", "3, 4"],
  ])("sends { %s }", async (extra, length, text, b = null as never) => {
    const body = `return heard((handler) => first.dispatch({ ...get, method: "POST", path: "/p", query: { q: ["1", "é"], n: null }, ${extra} }, handler));`;
    const [, , shown] = (await run(body)) as string[];
    expect(JSON.parse(shown ?? "")).toEqual(["POST", "/p?q=1&q=%C3%A9&n=", b, length, text]);
  });

  it("refuses what it can't do, in undici's words where it has some", async () => {
    const attempt = (extra: string): Promise<unknown> =>
      run(`return (await heard((handler) => first.dispatch({ ...get, ${extra} }, handler))).slice(-3);`);
    expect(await attempt(`upgrade: "websocket"`)).toEqual([
      "NotSupportedError",
      "UND_ERR_NOT_SUPPORTED",
      expect.stringContaining("upgraded"),
    ]);
    expect(await attempt(`body: 1`)).toEqual([
      "InvalidArgumentError",
      "UND_ERR_INVALID_ARG",
      expect.stringContaining("body must be"),
    ]);
    expect(await attempt(`origin: "https://denied.example"`)).toEqual([
      "NotAllowedError",
      "ERR_ACCESS_DENIED",
      expect.stringContaining("denied.example"),
    ]);
  });

  it("aborts, and composes", async () => {
    expect(
      await run(`return heardOld((handler) => { first.dispatch(get, handler); handler.abort(); });`),
    ).toEqual(["connect", "AbortError", "UND_ERR_ABORTED", "Request aborted"]);
    const composed = `const other = first.compose((dispatch) => (options, handler) => dispatch({ ...options, path: "/composed" }, handler));
      return (await heard((handler) => other.dispatch(get, handler))).at(-2);`;
    expect(await run(composed)).toContain("/composed");
  });
});

it("node:stream's finished hears of web streams", async () => {
  const bench = makeBench();
  await bench.deploy(`import { finished, isErrored, isReadable } from "node:stream";
    import { promisify } from "node:util";
    const end = (stream) => new Promise((resolve) => finished(stream, (error) => resolve(error?.message ?? "closed")));
    export const handler = async () => {
      let controls;
      const make = () => new ReadableStream({ start: (controller) => { controls = controller; } });
      const closed = make(); const one = end(closed); const before = isReadable(closed); controls.close();
      const broken = make(); const two = end(broken); controls.error(new Error("broken"));
      const writable = new WritableStream(); const three = end(writable); await writable.close();
      const over = make(); controls.close();
      return [before, isReadable(closed), await one, await two, isErrored(broken), await three, await end(over)];
    };`);
  expect((await bench.succeed()).payload).toEqual([
    true,
    false,
    "closed",
    "broken",
    true,
    "closed",
    "closed",
  ]);
});
