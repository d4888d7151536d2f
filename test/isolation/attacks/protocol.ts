/** Protocol: floods, completions out of turn, work beyond the result, and ways to leave. */
import { attackMaker, EXIT, LIMIT, LOST, MEMORY, NEVER, OK, TIMEOUT } from "../attack.ts";
import type { Attack } from "../attack.ts";

const { body, module } = attackMaker("protocol");
const ENDS = [TIMEOUT, LIMIT];
const WAIT = "await new Promise((go) => setTimeout(go, 30));";
const CALLBACKS = { runtime: "nodejs22.x" } as const;
const callback = (name: string, code: string, expect: readonly string[], returns?: unknown): Attack =>
  module(name, `exports.handler = (event, context, callback) => { ${code} };`, expect, {
    ...CALLBACKS,
    ...(returns !== undefined && { returns }),
  });

const FLOODS: readonly Attack[] = [
  body("flood of log lines", "for (let i = 0; ; i++) console.log('line', i);", ENDS),
  body("flood of log lines that ends", "for (let i = 0; i < 20000; i++) console.log('line', i); return 1;", [
    OK,
    LIMIT,
  ]),
  body(
    "log lines of 10 MB",
    "const text = 'x'.repeat(10000000); for (let i = 0; i < 20; i++) console.log(text); return 1;",
    [OK, LIMIT, MEMORY],
  ),
  body("flood over process.stdout", "for (;;) process.stdout.write('\\n'.repeat(1000));", [...ENDS, MEMORY]),
  body("flood of timers", "for (;;) setTimeout(() => {}, 1e6);", [...ENDS, "Error", "RangeError", MEMORY]),
  body("flood of timers set and cleared", "for (;;) clearTimeout(setTimeout(() => {}, 1e6));", ENDS),
  body(
    "flood of intervals",
    "for (let i = 0; i < 5000; i++) setInterval(() => {}, 1); await new Promise(() => {});",
    [...ENDS, "Error", "RangeError"],
  ),
  body(
    "flood of random bytes",
    "const bytes = new Uint8Array(65536); for (;;) crypto.getRandomValues(bytes);",
    ENDS,
  ),
  body("flood of random UUIDs", "for (;;) crypto.randomUUID();", ENDS),
  body("flood of URLs", "for (let i = 0; ; i++) new URL('https://example.com/' + i);", ENDS),
  body(
    "URLs of a megabyte",
    "const text = 'https://x/' + '\\u00e4'.repeat(500000); for (;;) new URL(text);",
    [...ENDS, MEMORY, "TypeError"],
  ),
  body("flood of clock readings", "for (;;) performance.now();", ENDS),
  body(
    "flood of lazy parts",
    "for (;;) { new EventTarget(); structuredClone(1); new TextEncoder(); process.hrtime(); }",
    [...ENDS, MEMORY],
  ),
  body("flood of failures nobody waits for", "for (;;) Promise.reject(new Error('x')).catch(() => {});", [
    ...ENDS,
    MEMORY,
  ]),
];

const COMPLETIONS: readonly Attack[] = [
  callback(
    "callback called twice",
    "callback(null, 1); callback(null, 2); callback(new Error('late'));",
    [OK],
    1,
  ),
  callback(
    "callback called a hundred thousand times",
    "context.callbackWaitsForEmptyEventLoop = false; for (let i = 0; i < 100000; i++) callback(null, i);",
    [OK],
    0,
  ),
  callback(
    "done, succeed and fail together",
    "context.succeed(1); context.fail(new Error('no')); context.done(null, 3);",
    [OK],
    1,
  ),
  callback(
    "callback and then an error",
    "context.callbackWaitsForEmptyEventLoop = false; callback(null, 1); throw new Error('late');",
    [OK, "Error"],
  ),
  module(
    "callback of an earlier invocation called later",
    `let earlier; exports.handler = (event, context, callback) => {
      context.callbackWaitsForEmptyEventLoop = false;
      if (earlier) { earlier(null, "forged"); earlier(new Error("forged")); }
      earlier = callback; callback(null, { n: event.n, id: context.awsRequestId }); };`,
    [],
    {
      ...CALLBACKS,
      steps: [1, 2, 3].map((n) => ({ payload: { n }, expect: [OK], returns: { n, id: "$requestId" } })),
    },
  ),
  module(
    "resolve of an earlier invocation called later",
    `let earlier; export const handler = (event, context) => new Promise((resolve) => {
      if (earlier) earlier("forged");
      earlier = resolve; setTimeout(() => resolve({ n: event.n, id: context.awsRequestId }), 5); });`,
    [],
    { steps: [1, 2, 3].map((n) => ({ payload: { n }, expect: [OK], returns: { n, id: "$requestId" } })) },
  ),
  body("resolved after the deadline", "return await new Promise((go) => setTimeout(go, 400, 'late'));", [
    TIMEOUT,
  ]),
  body("result beside another that overruns", "if (event.n) return event.n; for (;;);", [], {
    environmentConcurrency: 4,
    steps: [
      { payload: { n: 1 }, expect: [OK], returns: 1 },
      { payload: { n: 0 }, expect: [...ENDS, LOST] },
      { payload: { n: 2 }, expect: [OK], returns: 2 },
    ],
  }),
  body("work after the result, in a timer", "setTimeout(() => { for (;;); }, 0); return event.n;", [], {
    steps: [
      { payload: { n: 1 }, expect: [OK], returns: 1 },
      { payload: { n: 2 }, expect: [OK, ...ENDS] },
    ],
  }),
  body(
    "work after the result, in a microtask",
    "Promise.resolve().then(() => {}).then(() => {}).then(() => { for (;;); }); return 1;",
    [OK, ...ENDS],
  ),
  body("promise that never settles", "await new Promise(() => {});", [NEVER]),
];

const LEAVING: readonly Attack[] = [
  body("process.exit in the handler", "process.exit(7);", [EXIT]),
  body("process.exit after an await", "await null; process.exit(0);", [EXIT]),
  body("process.exit in a timer", `setTimeout(() => process.exit(1), 1); ${WAIT}`, [EXIT]),
  body("process.exit in toJSON", "return { toJSON() { process.exit(1); } };", [EXIT]),
  body("process.exit caught again and again", "for (;;) try { process.exit(1); } catch {}", [EXIT, ...ENDS]),
  body(
    "process.exit in an exit listener",
    "process.on('exit', () => { process.exit(2); }); process.exit(1);",
    [EXIT],
  ),
  body("error thrown in a timer", `setTimeout(() => { throw new TypeError("in a timer"); }, 1); ${WAIT}`, [
    "TypeError",
  ]),
  body(
    "error thrown in a microtask",
    `queueMicrotask(() => { throw new TypeError("in a microtask"); }); ${WAIT}`,
    ["TypeError"],
  ),
  body(
    "rejection handled too late",
    `const late = Promise.reject(new Error("late")); ${WAIT} await late.catch(() => {});`,
    ["Runtime.UnhandledPromiseRejection"],
  ),
  body(
    "process.kill and process.abort",
    "for (const pid of [process.pid, process.ppid, 0, -1]) for (const signal of ['SIGKILL', 9]) try { process.kill(pid, signal); return 'killed'; } catch (error) { if (error.code !== 'EPERM') return error.code; } process.abort();",
    ["Runtime.ExitError"],
  ),
];

export const protocol: readonly Attack[] = [...FLOODS, ...COMPLETIONS, ...LEAVING];
