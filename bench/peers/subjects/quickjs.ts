import { CPU } from "../cases.ts";
import { HANDLERS_SCRIPT } from "../handlers.ts";
import type { Peer } from "../peer.ts";
import { loadPackage } from "./load-package.ts";

export const QUICKJS = "quickjs-emscripten";

interface Handle {
  dispose(): void;
}

/** As far as it is used here; the package is installed for the benchmark only. */
interface Context {
  readonly runtime: { executePendingJobs(): unknown };
  readonly undefined: Handle;
  newString(text: string): Handle;
  evalCode(code: string): unknown;
  callFunction(handle: Handle, self: Handle, ...args: readonly Handle[]): unknown;
  unwrapResult(result: unknown): Handle;
  getPromiseState(handle: Handle): { type: string; value: Handle };
  getString(handle: Handle): string;
  dispose(): void;
}

interface QuickJs {
  /** With a runtime, and so a heap, of its own. */
  newContext(): Context;
}

/** Runs on the caller's thread, so callers only stand in line. */
const MOST_CPU_CALLERS = 16;

/** One QuickJS runtime with the handlers, in WebAssembly on the caller's own thread. */
export class QuickJsContext {
  readonly #context: Context;
  readonly #run: Handle;

  constructor(quickJs: QuickJs) {
    this.#context = quickJs.newContext();
    this.#run = this.#context.unwrapResult(this.#context.evalCode(HANDLERS_SCRIPT));
  }

  async invoke(handler: string, event: object): Promise<unknown> {
    const context = this.#context;
    const args = [context.newString(handler), context.newString(JSON.stringify(event))];
    const promise = context.unwrapResult(context.callFunction(this.#run, context.undefined, ...args));
    context.runtime.executePendingJobs();
    const { type, value } = context.getPromiseState(promise);
    const answer = JSON.parse(context.getString(value)) as unknown;
    for (const handle of [value, promise, ...args]) handle.dispose();
    if (type !== "fulfilled") throw new Error(`quickjs-emscripten: promise ${type}`);
    return answer;
  }

  dispose(): void {
    this.#run.dispose();
    this.#context.dispose();
  }
}

export async function loadQuickJs(): Promise<QuickJs> {
  const { getQuickJS } = await loadPackage<{ getQuickJS(): Promise<QuickJs> }>("quickjs-emscripten");
  return getQuickJS();
}

export async function openQuickJsPeer(): Promise<Peer> {
  const context = new QuickJsContext(await loadQuickJs());
  return {
    name: QUICKJS,
    invoke: (handler, event) => context.invoke(handler, event),
    refuses: ({ handler, name }, callers) => {
      if (handler === "wait") return "a context of quickjs-emscripten has no timers";
      if (name === CPU && callers > MOST_CPU_CALLERS)
        return "runs on the caller's thread: more callers only stand in line";
      return undefined;
    },
    close: async () => context.dispose(),
  };
}
