/** A server that means no good, in a thread of its own so that the host under attack has no work with it. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** What each path answers: raw bytes, as a server that keeps to no rule sends them. */
const PROGRAM = `
const net = require("node:net");
const zlib = require("node:zlib");
const { parentPort } = require("node:worker_threads");
const ok = (head, body = "") => "HTTP/1.1 200 OK\\r\\n" + head + "\\r\\n" + body;
const bomb = zlib.gzipSync(Buffer.alloc(67108864));
const moved = (to) => "HTTP/1.1 302 Found\\r\\nLocation: " + to + "\\r\\nContent-Length: 0\\r\\n\\r\\n";
const forever = (socket, text, everyMs) => {
  const timer = setInterval(() => socket.write(text), everyMs);
  socket.on("close", () => clearInterval(timer));
};
const answers = {
  "/echo": (socket, text) => socket.write(ok("Content-Length: " + Buffer.byteLength(text) + "\\r\\n", text)),
  "/moved": (socket, text, url) => socket.write(moved(url.searchParams.get("to"))),
  "/circle": (socket) => socket.write(moved("/circle")),
  "/headers": (socket) => socket.write(ok("X: " + "x".repeat(10000000) + "\\r\\nContent-Length: 0\\r\\n")),
  "/many": (socket) => socket.write(ok("X: y\\r\\n".repeat(1000000) + "Content-Length: 0\\r\\n")),
  "/slow-head": (socket) => { socket.write("HTTP/1.1 200 OK\\r\\n"); forever(socket, "X: y\\r\\n", 20); },
  "/slow-body": (socket) => { socket.write(ok("Content-Length: 1000000\\r\\n")); forever(socket, "x", 20); },
  "/early": (socket) => forever(socket, "HTTP/1.1 103 Early Hints\\r\\nLink: <x>\\r\\n\\r\\n".repeat(50), 2),
  "/bomb": (socket) => { socket.write(ok("Content-Encoding: gzip\\r\\nContent-Length: " + bomb.length + "\\r\\n")); socket.write(bomb); },
  "/endless": (socket) => { socket.write(ok("Transfer-Encoding: chunked\\r\\n")); forever(socket, ("10000\\r\\n" + "x".repeat(65536) + "\\r\\n").repeat(8), 1); },
  "/two": (socket) => socket.write(ok("Content-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n", "1\\r\\na\\r\\n0\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nX-Forged: 1\\r\\nContent-Length: 0\\r\\n\\r\\n")),
  "/garbage": (socket) => socket.write(Buffer.alloc(100000, 1)),
};
const server = net.createServer((socket) => {
  let text = "";
  socket.on("error", () => {});
  socket.on("data", (data) => {
    text += data.toString("latin1");
    if (!text.includes("\\r\\n\\r\\n")) return;
    const url = new URL(text.split(" ")[1], "http://x");
    const answer = answers[url.pathname];
    const asked = text;
    text = "";
    if (answer) setTimeout(() => answer(socket, asked, url), url.pathname === "/echo" ? 20 : 0);
    else socket.end();
  });
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

export class HostileServer {
  readonly port: number;
  readonly #worker: Worker;

  private constructor(worker: Worker, port: number) {
    this.#worker = worker;
    this.port = port;
    worker.unref();
  }

  static async listen(): Promise<HostileServer> {
    const worker = new Worker(PROGRAM, { eval: true });
    const [port] = (await once(worker, "message")) as [number];
    return new HostileServer(worker, port);
  }

  close(done: () => void): void {
    void this.#worker.terminate().then(done);
  }
}
