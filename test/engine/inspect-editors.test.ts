import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { InspectedFunction } from "../../src/index.ts";
import { makeBench } from "./helpers.ts";
import { Client } from "./inspect-client.ts";

const TOTAL = `export const handler = async (event) => {
  console.log("adding", event);
  if (event.fails) throw new TypeError("no such item");
  return event.a + event.b;
};
`;

async function attach(inspected: InspectedFunction): Promise<Client> {
  const client = await Client.attach(inspected.targets()[0]?.webSocketDebuggerUrl ?? "");
  await client.send("Runtime.enable");
  await client.send("Debugger.enable");
  return client;
}

/** The script of that address, when the guest has it. */
async function script(client: Client, url: string): Promise<{ scriptId: string; sourceMapURL: string }> {
  for (;;) {
    const parsed = await client.event("Debugger.scriptParsed");
    if (parsed.url === url) return parsed;
  }
}

describe("what editors and browsers rely on in engine.inspect", () => {
  it("answers discovery with a length, as Chrome reads nothing else", async () => {
    const bench = makeBench();
    await bench.deploy(TOTAL);
    await using inspected = await bench.engine.inspect("fn");
    for (const path of ["/json", "/json/list", "/json/version"]) {
      const socket = connect(inspected.port, "127.0.0.1");
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
      let answer = "";
      socket.on("data", (data: Buffer) => (answer += data.toString()));
      await once(socket, "close");
      const [head = "", body = ""] = answer.split("\r\n\r\n");
      expect(head.toLowerCase()).toContain(`content-length: ${Buffer.byteLength(body)}`);
      expect(JSON.parse(body)).toBeTypeOf("object");
    }
  });

  it("names the user's own files, with what is in them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "isolet-editors-"));
    const file = join(folder, "index.ts");
    const text = `import { tax } from "./tax.ts";\nexport const handler = async (net: number) => net + tax(net);\n`;
    const taxes = `export function tax(net: number): number {\n  return net / 5;\n}\n`;
    await writeFile(file, text);
    await writeFile(join(folder, "tax.ts"), taxes);
    const bench = makeBench();
    await bench.engine.deploy("fn", { code: { file } });
    await using inspected = await bench.engine.inspect("fn");
    await bench.succeed(5);
    const client = await attach(inspected);
    const { sourceMapURL } = await script(client, "file:///var/task/index.mjs");
    const map = JSON.parse(Buffer.from(sourceMapURL.split(",")[1] ?? "", "base64").toString()) as {
      readonly sources: readonly string[];
      readonly sourcesContent: readonly string[];
    };
    expect(map.sources).toEqual([pathToFileURL(join(folder, "tax.ts")).href, pathToFileURL(file).href]);
    expect(map.sourcesContent).toEqual([taxes, text]);
  });

  it("says where the user logged, and steps over the engine's own code", async () => {
    const bench = makeBench();
    await bench.deploy(TOTAL);
    await using inspected = await bench.engine.inspect("fn");
    const client = await attach(inspected);
    const { scriptId } = await script(client, "node:internal/isolet/runtime");
    await bench.succeed({ a: 1, b: 2 });
    const { stackTrace } = await client.event("Runtime.consoleAPICalled");
    expect(stackTrace.callFrames[0]).toMatchObject({ url: "file:///var/task/index.js", lineNumber: 1 });
    expect(stackTrace.callFrames.filter(({ url }) => url.includes("isolet"))).toEqual([]);

    // A debugger's own patterns take nothing from that.
    await client.send("Debugger.setBlackboxPatterns", { patterns: ["/node_modules/"] });
    await client.send("Debugger.setBreakpointByUrl", { url: "file:///var/task/index.js", lineNumber: 1 });
    const invoked = bench.succeed({ a: 2, b: 3 });
    const paused = await client.event("Debugger.paused");
    expect(paused.callFrames.at(-1)?.location.scriptId).toBe(scriptId);
    await client.send("Debugger.stepInto");
    const { callFrames } = await client.event("Debugger.paused");
    expect(callFrames[0]).toMatchObject({ functionName: "handler", location: { lineNumber: 2 } });
    await client.send("Debugger.resume");
    expect((await invoked).payload).toBe(5);
  });

  it("stops at what a handler throws, as nobody of the user's catches it", async () => {
    const bench = makeBench();
    await bench.deploy(TOTAL);
    await using inspected = await bench.engine.inspect("fn");
    const client = await attach(inspected);
    await client.send("Debugger.setPauseOnExceptions", { state: "uncaught" });
    const invoked = bench.fail({ fails: true });
    const { reason, callFrames } = await client.event("Debugger.paused");
    expect(reason).toMatch(/exception|promiseRejection/);
    expect(callFrames[0]).toMatchObject({ functionName: "handler", location: { lineNumber: 2 } });
    // It may stop at the rejection, too.
    await client.send("Debugger.setPauseOnExceptions", { state: "none" });
    await client.send("Debugger.resume");
    expect((await invoked).error.errorType).toBe("TypeError");
  });

  it("stops in CommonJS by the file's address", async () => {
    const bench = makeBench();
    await bench.deploy(`exports.handler = async (event) => {\n  return event + 1;\n};\n`);
    await using inspected = await bench.engine.inspect("fn");
    await bench.succeed(1);
    const client = await attach(inspected);
    const url = "file:///var/task/index.js";
    const { scriptId } = await script(client, url);
    await client.send("Debugger.setBreakpointByUrl", { url, lineNumber: 1 });
    const invoked = bench.succeed(2);
    const { callFrames } = await client.event("Debugger.paused");
    expect(callFrames[0]).toMatchObject({ functionName: "exports.handler", location: { scriptId } });
    await client.send("Debugger.resume");
    expect((await invoked).payload).toBe(3);
  });

  it("goes on with the function's next version, for the bare name only", async () => {
    const bench = makeBench();
    await bench.deploy(TOTAL);
    await using first = await bench.engine.inspect("fn:1");
    await bench.deploy(TOTAL);
    expect(first.targets().some(({ title }) => title.startsWith("fn:2 "))).toBe(false);
    await using newest = await bench.engine.inspect("fn");
    const client = await attach(newest);
    const ended = client.closed();
    await bench.deploy(TOTAL);
    await ended;
    expect((await bench.succeed({ a: 1, b: 2 })).functionVersion).toBe("3");
    const titles = newest.targets().map(({ title }) => title);
    expect(titles).toEqual([expect.stringMatching(/^fn:3 /)]);
    await attach(newest);
    await newest.close();
    expect((await bench.succeed({ a: 1, b: 1 })).payload).toBe(2);
  });

  it("stops in modules that are imported late, and in what goes on after that", async () => {
    const folder = await mkdtemp(join(tmpdir(), "isolet-editors-"));
    const texts = {
      "index.mjs": `export const handler = async (event) => {
  const { late } = await import("./late.mjs");
  debugger;
  const broken = await import("./broken.mjs").catch((error) => error.name);
  const missing = await import("./missing.mjs").catch((error) => error.code);
  return [late(event), broken, missing];
};`,
      "late.mjs": `debugger;\nexport const late = (event) => event + 1;\n`,
      "broken.mjs": `throw new RangeError("broken");\n`,
    };
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
    const bench = makeBench();
    await bench.engine.deploy("fn", { code: { directory: folder } });
    await using inspected = await bench.engine.inspect("fn");
    const client = await attach(inspected);
    const invoked = bench.succeed(1);
    for (const lineNumber of [0, 2]) {
      const { callFrames } = await client.event("Debugger.paused");
      expect(callFrames[0]?.location.lineNumber).toBe(lineNumber);
      await client.send("Debugger.resume");
    }
    expect((await invoked).payload).toEqual([2, "RangeError", "ERR_MODULE_NOT_FOUND"]);
  });

  it("outlives debuggers that leave while the guest stops, and while their messages are on the way", async () => {
    const bench = makeBench();
    await bench.deploy(`export const handler = async (event) => { debugger; return event; };`);
    await using inspected = await bench.engine.inspect("fn");
    for (let round = 0; round < 10; round++) {
      const client = await attach(inspected);
      const invoked = bench.succeed(round);
      await client.event("Debugger.paused");
      // Some at once with its end, some before it, some not at all.
      if (round % 3 > 0) for (let sent = 0; sent < 20; sent++) client.tell("Runtime.getHeapUsage");
      if (round % 3 > 1) await client.send("Debugger.resume");
      await client.close();
      expect((await invoked).payload).toBe(round);
    }
  });

  it("lets the program exit with a debugger attached", async () => {
    const library = new URL("../../src/index.ts", import.meta.url).href;
    const child = spawn(
      process.execPath,
      [
        "--input-type=module-typescript",
        "--eval",
        `import { Engine } from ${JSON.stringify(library)};
        const engine = new Engine({ cells: { count: 1 } });
        await engine.deploy("fn", { code: { source: "export const handler = async () => { debugger; return 1; };" } });
        const inspected = await engine.inspect("fn");
        await engine.invoke("fn");
        const socket = new WebSocket(inspected.targets()[0].webSocketDebuggerUrl);
        socket.onopen = () => socket.send('{"id":1,"method":"Debugger.enable"}');
        socket.onmessage = ({ data }) => {
          if (data.includes('"id":1')) engine.invoke("fn");
          if (data.includes("Debugger.paused")) process.exit(6);
        };`,
      ],
      { stdio: "inherit", timeout: 15_000 },
    );
    expect(await once(child, "exit")).toEqual([6, null]);
  });
});
