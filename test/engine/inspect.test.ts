import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { InspectorTarget } from "../../src/index.ts";
import { makeBench } from "./helpers.ts";
import { Client } from "./inspect-client.ts";

const ADDS = `export const handler = async (event) => {
  const sum = event.a + event.b;
  console.log("sum", { sum });
  return sum;
};
`;
const URL_OF_CODE = "file:///var/task/index.js";

describe("engine.inspect", () => {
  it("stops at a breakpoint for as long as the debugger likes", async () => {
    const bench = makeBench();
    await bench.deploy(ADDS, { timeoutMs: 300 });
    await bench.succeed({ a: 1, b: 2 });
    const inspected = await bench.engine.inspect("fn");
    const list = (await (await fetch(`${inspected.url}/json/list`)).json()) as InspectorTarget[];
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({ type: "node", url: URL_OF_CODE });
    const client = await Client.attach(list[0]?.webSocketDebuggerUrl ?? "");
    await client.send("Runtime.enable");
    await client.send("Debugger.enable");
    const { locations } = await client.send("Debugger.setBreakpointByUrl", {
      url: URL_OF_CODE,
      lineNumber: 2,
    });
    expect(locations).toHaveLength(1);
    const invoked = bench.invoke({ a: 2, b: 3 });
    const paused = await client.event("Debugger.paused");
    expect(paused.callFrames[0]?.functionName).toBe("handler");
    // Far beyond its timeout.
    await new Promise((resolve) => setTimeout(resolve, 900));
    const callFrameId = paused.callFrames[0]?.callFrameId;
    const { result } = await client.send("Debugger.evaluateOnCallFrame", {
      callFrameId,
      expression: "sum * 10",
    });
    expect(result.value).toBe(50);
    await client.send("Debugger.resume");
    const logged = await client.event("Runtime.consoleAPICalled");
    expect(logged.type).toBe("log");
    expect(logged.args[0]?.value).toBe("sum");
    expect(logged.args[1]?.type).toBe("object");
    expect((await invoked).status).toBe("succeeded");
    expect(bench.lines().some((line) => line.includes("sum {"))).toBe(true);
    await client.close();
    await inspected.close();
    expect((await bench.succeed({ a: 1, b: 1 })).payload).toBe(2);
  });

  it("stops before the first line, and shows the user's own files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "isolet-inspect-"));
    const file = join(folder, "index.ts");
    await writeFile(
      file,
      `const greeting: string = "hello";\nexport const handler = async (): Promise<string> => greeting;\n`,
    );
    const bench = makeBench({ initTimeoutMs: 100 });
    await bench.engine.deploy("fn", { code: { file } });
    await using inspected = await bench.engine.inspect("fn", { breakAtStart: true });
    const invoked = bench.invoke();
    const client = await Client.attach(inspected.targets()[0]?.webSocketDebuggerUrl ?? "");
    await client.send("Runtime.enable");
    await client.send("Debugger.enable");
    await client.send("Runtime.runIfWaitingForDebugger");
    const paused = await client.event("Debugger.paused");
    const scriptId = paused.callFrames[0]?.location.scriptId;
    let script = await client.event("Debugger.scriptParsed");
    while (script.scriptId !== scriptId) script = await client.event("Debugger.scriptParsed");
    expect(script.url).toBe("file:///var/task/index.mjs");
    const map = JSON.parse(Buffer.from(script.sourceMapURL.split(",")[1] ?? "", "base64").toString()) as {
      readonly sources: readonly string[];
    };
    expect(map.sources.some((source) => source.endsWith("index.ts"))).toBe(true);
    const { result } = await client.send("Debugger.evaluateOnCallFrame", {
      callFrameId: paused.callFrames[0]?.callFrameId,
      expression: "typeof isNotThere",
    });
    expect(result.value).toBe("undefined");
    await client.send("Debugger.resume");
    const answered = await invoked;
    expect(answered.status === "succeeded" && answered.payload).toBe("hello");
  });

  it("goes on when the debugger leaves, and lets another come", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async (event) => { debugger; return event; };`);
    await using inspected = await bench.engine.inspect("fn");
    const url = inspected.targets()[0]?.webSocketDebuggerUrl ?? "";
    for (const round of [1, 2]) {
      const client = await Client.attach(url);
      await client.send("Debugger.enable");
      const invoked = bench.succeed(round);
      await client.event("Debugger.paused");
      await expect(Client.attach(url)).rejects.toThrow("409");
      await client.close();
      expect((await invoked).payload).toBe(round);
    }
    expect(bench.meters[1]?.coldStart).toBe(false);
  });

  it("holds nobody up but the function itself", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async (event) => { debugger; return event; };`);
    await bench.engine.deploy("other", { code: { source: `export const handler = async () => "other";` } });
    await using inspected = await bench.engine.inspect("fn");
    const client = await Client.attach(inspected.targets()[0]?.webSocketDebuggerUrl ?? "");
    await client.send("Debugger.enable");
    const invoked = bench.succeed(1);
    await client.event("Debugger.paused");
    expect(await bench.engine.invoke("other")).toMatchObject({ payload: "other" });
    await client.send("Debugger.resume");
    expect((await invoked).payload).toBe(1);
  });

  it("ends a paused environment with the engine", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async (event) => { debugger; return event; };`);
    const inspected = await bench.engine.inspect("fn");
    const client = await Client.attach(inspected.targets()[0]?.webSocketDebuggerUrl ?? "");
    await client.send("Debugger.enable");
    const invoked = bench.invoke(1);
    await client.event("Debugger.paused");
    const ended = client.closed();
    await Promise.all([bench.engine.close(), expect(invoked).rejects.toThrow("closed"), ended]);
  });

  it("keeps timeouts while nobody is attached", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async (event) => { if (event) for (;;); return 1; };`, {
      timeoutMs: 200,
    });
    await using _inspected = await bench.engine.inspect("fn");
    expect((await bench.fail(true)).error.errorType).toBe("Sandbox.Timedout");
    expect((await bench.succeed(false)).payload).toBe(1);
  });

  it("outlives clients that break off, and listens to no web page", async () => {
    const bench = makeBench();
    await bench.deploy(ADDS);
    await using inspected = await bench.engine.inspect("fn");
    const { port } = inspected;
    const broken: unknown[] = [];
    const note = (error: unknown): unknown => broken.push(error);
    process.on("uncaughtException", note);
    onTestFinished(() => void process.off("uncaughtException", note));
    const upgrade = (path: string, origin: string): string =>
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
    for (let attempt = 0; attempt < 20; attempt++) {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect");
      socket.write(upgrade("/nothing", "null"));
      if (attempt % 2 === 0) await once(socket, "data");
      socket.resetAndDestroy();
    }
    const listed = async (origin: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}/json/list`, { headers: { origin } })).status;
    expect(await listed("http://evil.example")).toBe(400);
    expect(await listed("http://localhost:3000")).toBe(200);
    expect(await listed("devtools://devtools")).toBe(200);
    expect(broken).toEqual([]);
  });

  it("has listeners hear of rejections", async () => {
    const bench = makeBench();
    await bench.deploy(`const seen = []; process.on("unhandledRejection", (reason) => seen.push(reason));
      export const handler = async () => { const mine = {}; Promise.reject(mine); await new Promise((resolve) => setTimeout(resolve, 1)); return seen.includes(mine); };`);
    await using _inspected = await bench.engine.inspect("fn");
    expect((await bench.succeed()).payload).toBe(true);
  });

  it("can't be found under another name, nor without its id", async () => {
    const bench = makeBench();
    await bench.deploy(ADDS);
    await using inspected = await bench.engine.inspect("fn");
    await expect(Client.attach(`ws://127.0.0.1:${inspected.port}/`)).rejects.toThrow("404");
    const socket = new WebSocket(inspected.targets()[0]?.webSocketDebuggerUrl ?? "", {
      headers: { host: "evil.example" },
    });
    const [error] = (await once(socket, "error").catch((cause: unknown) => [cause])) as [Error];
    expect(error.message).toContain("404");
    await expect(bench.engine.inspect("fn")).rejects.toThrow("already");
    await expect(bench.engine.inspect("fn", { port: -1 })).rejects.toThrow("port");
  });
});
