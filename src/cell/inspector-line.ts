import type ivm from "isolated-vm";

/** Ids of the cell's own requests, which no debugger comes near. */
export const OWN_ID = 2_000_000_000;
const FENCE_ID = OWN_ID + 1;

/** Does nothing; its answer says that all before it has been taken. */
const FENCE = JSON.stringify({ id: FENCE_ID, method: "Runtime.getIsolateId" });

/** After these a guest that was paused goes on, and the inspector says nothing more by itself. */
const FAREWELL = [
  "Debugger.resume",
  "Debugger.disable",
  "Runtime.disable",
  "Console.disable",
  "Profiler.disable",
];

/** When it is first asked whether a message has been taken, and how often then. */
const FENCE_AFTER_MS = 5;
const FENCE_EVERY_MS = 50;

/** A guest that goes on would call the thread that ends, and each would wait for the other. */
const TERMINATE = JSON.stringify({ id: OWN_ID, method: "Runtime.terminateExecution" });

/** At the thread's end: how often it is tried to wake a guest that may just be stopping, and how long that takes at most. */
const EXIT_FENCES = 3;
const EXIT_FENCE_MS = 5;
const EXIT_WAIT_MS = 40;

/** How long a guest that can't be interrupted may keep a session from its end. */
const LEAVE_MS = 1_000;

/** What V8 takes for a request, and answers by its id. */
function isRequest(text: string): boolean {
  try {
    const { id } = JSON.parse(text) as { readonly id?: unknown };
    return typeof id === "number" && Number.isInteger(id) && Math.abs(id) < 2 ** 31;
  } catch {
    return false;
  }
}

/**
 * A session of an isolate's inspector, around two faults of isolated-vm's (7.0.1). A message that comes while the guest
 * stops, or has just taken another, lies there until the next one comes: so more are sent until all are answered. And one
 * that is taken, or something the guest says, while the session is disposed of aborts the process: so the session ends
 * when it has been told to be silent and has taken everything.
 */
export class InspectorLine {
  readonly #session: ivm.InspectorSession;
  /** Fences without an answer, and whether there was a message after the last. */
  #fences = 0;
  #isFenced = true;
  #timer: NodeJS.Timeout | undefined;
  readonly #disposed: () => void;
  #leaving: Promise<void> | undefined;
  #left: (() => void) | undefined;
  #isDisposed = false;

  /** `hear` is told what the inspector says, but to the cell; `disposed` that the session is no more. */
  constructor(session: ivm.InspectorSession, hear: (text: string) => void, disposed: () => void) {
    this.#session = session;
    this.#disposed = disposed;
    session.onResponse = (id, text) => {
      if (id === FENCE_ID) this.#answered();
      else if (!this.#left && id !== OWN_ID) hear(text);
    };
    session.onNotification = (text) => {
      if (!this.#left) hear(text);
    };
  }

  /** Says something to the inspector; what is no request is not heard. */
  say(text: string): void {
    if (this.#isDisposed || !isRequest(text)) return;
    this.#session.dispatchProtocolMessage(text);
    this.#isFenced = false;
    this.#fenceIn(FENCE_AFTER_MS);
  }

  /** Ends the session; resolves when that is done, or when the guest can't be interrupted: then it goes with its isolate. */
  leave(): Promise<void> {
    if (this.#isDisposed) return Promise.resolve();
    this.#leaving ??= new Promise((resolve) => {
      const late = setTimeout(resolve, LEAVE_MS);
      this.#left = () => {
        clearTimeout(late);
        this.dispose();
        resolve();
      };
      for (const method of FAREWELL) this.say(JSON.stringify({ id: OWN_ID, method }));
    });
    return this.#leaving;
  }

  /** Ends the session at once. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    try {
      this.#session.dispose();
    } catch {
      // It went with its isolate.
    }
    this.#disposed();
  }

  /**
   * Ends the session at the end of the thread, which waits for a guest that is paused (`isRunning`): that one is ended,
   * whenever it stopped. Answers are not heard any more, so all there is to be done is to wait.
   */
  disposeAtExit(isRunning: boolean): void {
    const isQuiet = !isRunning && this.#fences === 0 && this.#isFenced;
    try {
      if (isRunning) this.#terminate();
    } catch {
      // Its isolate is gone.
    }
    if (!isQuiet) sleep(EXIT_WAIT_MS);
    this.dispose();
  }

  #terminate(): void {
    this.#session.dispatchProtocolMessage(TERMINATE);
    for (let sent = 0; sent < EXIT_FENCES; sent++) {
      this.#session.dispatchProtocolMessage(FENCE);
      sleep(EXIT_FENCE_MS);
    }
  }

  #fenceIn(afterMs: number): void {
    this.#timer ??= setTimeout(() => this.#fence(), afterMs);
  }

  #fence(): void {
    this.#timer = undefined;
    if (this.#isDisposed) return;
    this.#fences++;
    this.#isFenced = true;
    try {
      this.#session.dispatchProtocolMessage(FENCE);
      this.#fenceIn(FENCE_EVERY_MS);
    } catch {
      // Its isolate is gone.
      this.#left?.();
    }
  }

  #answered(): void {
    this.#fences--;
    if (this.#fences > 0 || !this.#isFenced) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left?.();
  }
}

function sleep(forMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
}
