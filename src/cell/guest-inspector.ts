import type ivm from "isolated-vm";
import { blackboxOwn, forDebugger, forGuest } from "./debugger-messages.ts";
import { InspectorLine, OWN_ID } from "./inspector-line.ts";
import { originOf } from "./user-code.ts";
import type { VersionDefinition } from "./protocol.ts";

const START = "Runtime.runIfWaitingForDebugger";
const ENABLE = "Debugger.enable";

/** What an inspector rests on. */
export interface InspectorParts {
  /** A session of the isolate; only while nothing runs in it. */
  readonly makeSession: () => ivm.InspectorSession;
  readonly definition: VersionDefinition;
  /** Says something to the debugger of that number. */
  readonly send: (client: number, text: string) => void;
}

/**
 * The debugger's end of one isolate. Its guest runs on isolated-vm's own threads, so that this thread can pass messages on
 * while it is paused; and one run after the other, as isolates are entered from this thread between runs.
 */
export class GuestInspector {
  readonly #parts: InspectorParts;
  #line: InspectorLine | undefined;
  /** The debugger that is attached; 0 for none. */
  #client = 0;
  /** What it said before there was a session for it. */
  #early: string[] = [];
  #turn: Promise<void> = Promise.resolve();
  #mayStart: () => void = () => undefined;
  #isEnded = false;
  #waiting = 0;
  #isRunning = false;

  /** Sessions that are not disposed of: a thread that ends with one waits for itself for ever (seen with isolated-vm 7.0.1). */
  readonly #lines = new Set<InspectorLine>();
  readonly #leave = (): void => {
    for (const line of this.#lines) line.disposeAtExit(this.#isRunning && this.isAttached);
  };

  constructor(parts: InspectorParts) {
    this.#parts = parts;
    this.#open();
    // Before the cell says that it may be ended.
    process.prependOnceListener("exit", this.#leave);
  }

  get isAttached(): boolean {
    return this.#client !== 0;
  }

  /** Runs the guest when what was to run before it is over. */
  run(act: () => Promise<void>): void {
    this.#waiting++;
    this.#turn = this.#turn.then(async () => {
      this.#waiting--;
      this.#isRunning = true;
      await act();
      this.#isRunning = false;
    });
  }

  /** Whether something is to run after what runs now. */
  get hasMore(): boolean {
    return this.#waiting > 0;
  }

  /** Resolves when the module may be loaded: at once, or when a debugger that is waited for says so. */
  started(): Promise<void> {
    if (this.#parts.definition.inspect !== "break") return Promise.resolve();
    return new Promise((resolve) => {
      this.#mayStart = () => {
        // Out of the debugger's message, which is handled on another thread.
        setImmediate(resolve);
      };
    });
  }

  /** A message of a debugger; one that is new to it attaches. */
  message(client: number, text: string): void {
    if (this.#isEnded) return;
    if (this.#client === 0) this.#client = client;
    if (this.#client !== client) return;
    if (text.includes(`"${START}"`)) this.#begin();
    if (this.#line) dispatch(this.#line, text);
    else this.#early.push(text);
  }

  /** The debugger has gone: what it has set goes with it, and a paused guest goes on. */
  detach(client: number): void {
    if (this.#client !== client) return;
    this.#client = 0;
    this.#early = [];
    const left = this.#line?.leave();
    this.#line = undefined;
    this.#mayStart();
    this.run(async () => {
      await left;
      if (!this.#isEnded) this.#open();
    });
  }

  /** Ends its sessions; resolves when the isolate may go. */
  async end(): Promise<void> {
    this.#isEnded = true;
    await Promise.all(Array.from(this.#lines, (line) => line.leave()));
    if (this.#lines.size === 0) process.off("exit", this.#leave);
  }

  #open(): void {
    const line = new InspectorLine(
      this.#parts.makeSession(),
      (text) => {
        if (this.#client !== 0) this.#parts.send(this.#client, forDebugger(text));
      },
      () => this.#lines.delete(line),
    );
    this.#line = line;
    this.#lines.add(line);
    for (const text of this.#early.splice(0)) dispatch(line, text);
  }

  /** The debugger is ready: stops before the first line, which only a debugger that has enabled that can. */
  #begin(): void {
    const { filename, format, inspect } = this.#parts.definition;
    if (inspect !== "break") return;
    const { filename: url } = originOf(filename, format);
    const params = { url, lineNumber: 0, columnNumber: 0 };
    const request = { id: OWN_ID, method: "Debugger.setBreakpointByUrl", params };
    this.#line?.say(JSON.stringify(request));
    this.#mayStart();
  }
}

function dispatch(line: InspectorLine, text: string): void {
  line.say(forGuest(text));
  if (text.includes(`"${ENABLE}"`)) line.say(blackboxOwn(OWN_ID));
}
