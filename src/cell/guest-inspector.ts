import type ivm from "isolated-vm";
import { blackboxOwn, forDebugger, forGuest } from "./debugger-messages.ts";
import { originOf } from "./user-code.ts";
import type { VersionDefinition } from "./protocol.ts";

/** Ids of the cell's own requests, which no debugger comes near. */
const OWN_ID = 2_000_000_000;

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
  #session: ivm.InspectorSession | undefined;
  /** The debugger that is attached; 0 for none. */
  #client = 0;
  /** What it said before there was a session for it. */
  #early: string[] = [];
  #turn: Promise<void> = Promise.resolve();
  #mayStart: () => void = () => undefined;
  #isEnded = false;
  #waiting = 0;

  /** A thread that ends with a session waits for itself for ever (seen with isolated-vm 7.0.1). */
  readonly #leave = (): void => this.#drop();

  constructor(parts: InspectorParts) {
    this.#parts = parts;
    this.#open();
    process.once("exit", this.#leave);
  }

  get isAttached(): boolean {
    return this.#client !== 0;
  }

  /** Runs the guest when what was to run before it is over. */
  run(act: () => Promise<void>): void {
    this.#waiting++;
    this.#turn = this.#turn.then(() => {
      this.#waiting--;
      return act();
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
    if (this.#session) this.#dispatch(this.#session, text);
    else this.#early.push(text);
  }

  /** The debugger has gone: what it has set goes with it, and a paused guest goes on. */
  detach(client: number): void {
    if (this.#client !== client) return;
    this.#client = 0;
    this.#early = [];
    this.#drop();
    this.#mayStart();
    this.run(() => {
      if (!this.#isEnded) this.#open();
      return Promise.resolve();
    });
  }

  end(): void {
    this.#isEnded = true;
    process.off("exit", this.#leave);
    this.#drop();
  }

  #open(): void {
    const session = this.#parts.makeSession();
    const send = (text: string): void => {
      if (this.#session === session && this.#client !== 0) this.#parts.send(this.#client, forDebugger(text));
    };
    session.onResponse = (id, text) => {
      if (id !== OWN_ID) send(text);
    };
    session.onNotification = send;
    this.#session = session;
    for (const text of this.#early.splice(0)) this.#dispatch(session, text);
  }

  #dispatch(session: ivm.InspectorSession, text: string): void {
    session.dispatchProtocolMessage(forGuest(text));
    if (text.includes(`"${ENABLE}"`)) session.dispatchProtocolMessage(blackboxOwn(OWN_ID));
  }

  #drop(): void {
    const session = this.#session;
    this.#session = undefined;
    try {
      session?.dispose();
    } catch {
      // It went with its isolate.
    }
  }

  /** The debugger is ready: stops before the first line, which only a debugger that has enabled that can. */
  #begin(): void {
    const { filename, format, inspect } = this.#parts.definition;
    if (inspect !== "break") return;
    const { filename: url } = originOf(filename, format);
    const params = { url, lineNumber: 0, columnNumber: 0 };
    const request = { id: OWN_ID, method: "Debugger.setBreakpointByUrl", params };
    this.#session?.dispatchProtocolMessage(JSON.stringify(request));
    this.#mayStart();
  }
}
