/** Network: ways to where a function may not connect, and servers that mean no good. */
import { attackMaker, EXIT, LIMIT, MEMORY, OK, TIMEOUT } from "../attack.ts";
import type { Attack, AttackSettings } from "../attack.ts";

const { body } = attackMaker("network");
const FULL = [MEMORY, LIMIT, "RangeError", TIMEOUT, EXIT];
/** The hostile server, by its address alone. */
const SERVER = { payload: "$port", permissions: { net: { hosts: ["127.0.0.1"] } } };
const PUBLIC = { permissions: { net: true } };

const visit = (
  name: string,
  path: string,
  expect: readonly string[],
  extra: AttackSettings & { returns?: unknown } = {},
): Attack =>
  body(
    name,
    `const response = await fetch("http://127.0.0.1:" + event + "${path}"); return (await response.text()).length;`,
    expect,
    // Time enough to be refused, where that is what it is to be.
    { ...SERVER, timeoutMs: expect.includes("TypeError") ? 1_500 : 300, ...extra },
  );

/** Gives the names by which something was reached. */
const reach = (name: string, hosts: string, extra: object): Attack =>
  body(
    name,
    `const reached = []; await Promise.all(${hosts}.map((url) => fetch(url, { redirect: "follow", signal: AbortSignal.timeout(200) }).then(() => reached.push(url), () => 0))); return reached;`,
    [OK],
    { timeoutMs: 1_000, returns: [], ...extra },
  );

const SELVES = `["127.1", "127.0.0.1", "0177.0.0.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "127.0.0.1.", "localhost", "LOCALHOST.", "x.localhost", "0", "0.0.0.0", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fd00:ec2::254]", "169.254.169.254", "169.254.170.2", "100.100.100.200", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "\\u2460\\u2461\\u2466.\\u24ea.\\u24ea.\\u2460", "127\\u30020\\u30020\\u30021", "user@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1#@example.com", "127.0.0.1\\\\@example.com", "224.0.0.1", "255.255.255.255"]`;

const RAW = `const http = await import("node:http"); const raw = (options) => new Promise((resolve, reject) => { const request = http.request({ host: "127.0.0.1", port: event, path: "/echo", ...options }, (response) => { let text = ""; response.on("data", (data) => (text += data)); response.on("end", () => resolve(text)); }); request.on("error", reject); request.end(options.body); });`;

export const network: readonly Attack[] = [
  reach(
    "the machine itself and its neighbours, by every name",
    `${SELVES}.map((host) => "http://" + host + ":" + event + "/echo")`,
    {
      ...PUBLIC,
      payload: "$port",
    },
  ),
  reach(
    "redirects to where no grant leads",
    `["127.0.0.2:" + event, "localhost:" + event, "[::ffff:127.0.0.2]:" + event, "[::1]:" + event, "127.0.0.1:1", "169.254.169.254", "user:pass@127.0.0.2:" + event].map((to) => "http://127.0.0.1:" + event + "/moved?to=" + encodeURIComponent("http://" + to + "/echo"))`,
    SERVER,
  ),
  visit("redirects in a circle", "/circle", ["TypeError"]),
  body(
    "lines smuggled into a request",
    `${RAW} const out = []; for (const options of [{ headers: { "X-A": "1\\r\\nX-Evil: 1" } }, { headers: { "X-A\\r\\nX-Evil": "1" } }, { path: "/echo HTTP/1.1\\r\\nX-Evil: 1" }, { method: "GET /evil HTTP/1.1\\r\\nX-Evil: 1\\r\\n\\r\\nGET" }, { headers: { "X-A": "\\u010dX-Evil: 1" } }, { headers: { host: "127.0.0.1\\r\\nX-Evil: 1" } }]) out.push(await (async () => raw(options))().then((text) => (/^x-evil/im.test(text) ? text : "no"), () => "no")); return [...new Set(out)];`,
    [OK],
    { ...SERVER, timeoutMs: 1_000, returns: ["no"] },
  ),
  body(
    "headers that belong to the connection",
    `${RAW} const text = await raw({ method: "POST", body: "0123456789", headers: { "Transfer-Encoding": "chunked, identity", "Content-Length": "10", Connection: "upgrade, close", Upgrade: "h2c", "Keep-Alive": "timeout=1", TE: "trailers", Trailer: "X", "Proxy-Authorization": "x", Expect: "100-continue" } }).catch((error) => error.code); return text.split("\\r\\n").filter((line) => /^(upgrade|te|trailer|proxy|expect|transfer-encoding)/i.test(line));`,
    [OK],
    { ...SERVER, timeoutMs: 1_000, returns: [] },
  ),
  body(
    "a body longer or shorter than it says",
    `${RAW} const out = []; for (const length of ["1", "100", "-1", "1e1", "10, 20", "0x5"]) out.push(await Promise.race([raw({ method: "POST", body: "0123456789", headers: { "Content-Length": length } }), new Promise((go) => setTimeout(go, 100, "waits"))]).then((text) => (/0123456789/.test(text) ? "sent" : "no"), () => "no")); return [...new Set(out)];`,
    [OK],
    { ...SERVER, timeoutMs: 1_500, returns: ["no"] },
  ),
  body(
    "hosts that are not granted, in the header",
    `${RAW} return [...new Set(await Promise.all(["example.com", "127.0.0.2", "127.0.0.1:1@example.com", "", "example.com:80"].map((host) => raw({ headers: { host } }).then((text) => (/^host: 127\\.0\\.0\\.1:/im.test(text) ? "no" : text), () => "no"))))];`,
    [OK],
    { ...SERVER, timeoutMs: 1_000, returns: ["no"] },
  ),
  visit("a head of ten megabytes", "/headers", ["TypeError"]),
  visit("a million headers", "/many", ["TypeError"]),
  visit("a head that never ends", "/slow-head", [TIMEOUT]),
  visit("a body that drips", "/slow-body", [TIMEOUT]),
  visit("hints without end", "/early", [TIMEOUT, "TypeError"]),
  visit("a body that never ends", "/endless", FULL),
  visit("a gzip bomb", "/bomb", FULL),
  visit("a second response within the first", "/two", [OK, "TypeError"]),
  visit("no HTTP at all", "/garbage", ["TypeError"]),
  body(
    "bodies that nobody reads",
    `for (let i = 0; i < 50; i++) await fetch("http://127.0.0.1:" + event + "/endless"); return 1;`,
    [OK, ...FULL],
    SERVER,
  ),
];
