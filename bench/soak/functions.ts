/** A function that is soaked, and what may become of its invocations. */
export interface SoakFunction {
  readonly name: string;
  readonly source: string;
  readonly timeoutMs: number;
  /** Callers that invoke it one time after the other. */
  readonly callers: number;
  /** Pause of a caller between two invocations, in milliseconds. */
  readonly pauseMs: number;
  /** Error types of its own; what the loss of its cell brings may befall anybody. */
  readonly fails: readonly string[];
}

/** Says which event it was given, so that one that runs twice is seen. */
const source = (body: string): string =>
  `export const handler = async (event) => { console.log("ran " + event.id); ${body} };`;

const innocent = (name: string, body: string): SoakFunction => ({
  name,
  source: source(body),
  // Long, so that nothing but the loss of a cell fails it, however busy the machine is.
  timeoutMs: 20_000,
  callers: 4,
  pauseMs: 2,
  fails: [],
});

const hostile = (name: string, body: string, ...fails: string[]): SoakFunction => ({
  name,
  source: source(body),
  timeoutMs: 100,
  callers: 1,
  pauseMs: 150,
  fails,
});

const TIMEOUT = "Sandbox.Timedout";
const LIMIT = "Sandbox.LimitExceeded";
const MEMORY = "Runtime.OutOfMemory";
const EXIT = "Runtime.ExitError";

/** What a killed cell brings to those it ran. */
export const LOSSES: readonly string[] = ["Sandbox.CellLost", EXIT];

/** Who runs beside whom. */
export const SOAK_FUNCTIONS: readonly SoakFunction[] = [
  innocent("echo", "return event"),
  innocent("waits", "await new Promise((resolve) => setTimeout(resolve, 5)); return event"),
  innocent("allocates", "event.filled = new Array(20_000).fill(event.id).length; return event"),
  hostile("loops", "for (;;);", TIMEOUT),
  hostile("loops natively", "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)", TIMEOUT),
  hostile("fills", "const all = []; for (;;) all.push(new Array(10_000).fill(all.length))", MEMORY, TIMEOUT),
  hostile("recurses", "const recurse = () => recurse() + 1; return recurse()", "RangeError", TIMEOUT),
  hostile("exits", "process.exit(3)", EXIT, TIMEOUT),
  hostile("floods", 'for (;;) console.log("x".repeat(100))', LIMIT, TIMEOUT, MEMORY),
];
