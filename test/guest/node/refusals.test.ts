/** What needs processes, sockets, threads or terminals can be imported and extended, and says what is missing. */
import { describe, expect, it } from "vitest";
import { makeBench } from "../../engine/helpers.ts";

describe("what a function doesn't have", () => {
  it.each([
    [
      "child_process.exec",
      `require("child_process").exec("ls")`,
      /child_process\.exec .*can't start processes/,
    ],
    ["cluster.fork", `require("cluster").fork()`, /cluster\.fork .*can't start processes/],
    ["worker_threads.Worker", `new (require("worker_threads").Worker)("x")`, /Worker .*one thread/],
    ["http2.createServer", `require("http2").createServer()`, /http2\.createServer .*can't listen/],
    ["inspector.open", `require("inspector").open()`, /inspector\.open .*the host attaches a debugger/],
    ["repl.start", `require("repl").start()`, /repl\.start .*no terminal/],
    ["vm.createContext", `require("vm").createContext({})`, /vm\.createContext .*one context/],
    ["v8.writeHeapSnapshot", `require("v8").writeHeapSnapshot()`, /v8\.writeHeapSnapshot .*memoryMb/],
    ["sqlite.DatabaseSync", `new (require("node:sqlite").DatabaseSync)(":memory:")`, /permissions\.wasm/],
    ["os.setPriority", `require("os").setPriority(1)`, /os\.setPriority .*no process/],
  ])("is named when it is used: %s", async (_name, expression, message) => {
    const bench = makeBench();
    await bench.deploy(
      `exports.handler = async () => { try { ${expression}; } catch (error) { return [error.code, error.message]; } };`,
    );
    const { payload } = await bench.succeed();
    const [code, text] = payload as [string, string];
    expect(code).toMatch(/^ERR_(?:ACCESS_DENIED|NOT_AVAILABLE)$/);
    expect(text).toMatch(message);
  });

  it.each([
    ["a Unix socket", `require("net").connect("/var/run/a.sock")`, "net.connect to /var/run/a.sock"],
    ["TLS in one", `require("tls").connect({ path: "/var/run/a.sock" })`, "net.connect to /var/run/a.sock"],
    ["dgram", `require("dgram").createSocket("udp4").bind(1)`, "dgram.Socket.bind"],
    ["net.Server", `require("net").createServer().listen(80)`, "net.Server.listen"],
  ])("fails as connections do, by an error event: %s", async (_name, expression, start) => {
    const bench = makeBench();
    await bench.deploy(
      `exports.handler = () => new Promise((resolve) =>
        (${expression}).on("error", (error) => resolve([error.code, error.message])));`,
    );
    const { payload } = await bench.succeed();
    const [code, text] = payload as [string, string];
    expect(code).toBe("ERR_ACCESS_DENIED");
    expect(text.startsWith(`${start} is not available in isolet: `)).toBe(true);
  });

  it("has classes that packages extend", async () => {
    const bench = makeBench();
    await bench.deploy(
      `const classes = [require("net").Socket, require("net").Server, require("tls").TLSSocket, require("dgram").Socket,
        require("child_process").ChildProcess, require("worker_threads").Worker, require("tty").WriteStream,
        require("http2").Http2ServerRequest, require("repl").REPLServer, require("inspector").Session];
      const extended = classes.map((Base) => class extends Base {});
      exports.handler = async () => [extended.length, new extended[0]().destroyed, require("tty").isatty(1)];`,
    );
    expect((await bench.succeed()).payload).toEqual([10, false, false]);
  });
});
