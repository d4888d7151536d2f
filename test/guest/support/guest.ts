/** The guest's globals in a real isolate, with a host that records what it is sent and answers as a cell does. */
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { build } from "esbuild";
import ivm from "isolated-vm";
import { GuestMessage, GuestQuestion } from "../../../src/guest/contract.ts";

const root = resolve(import.meta.dirname, "../../..");

const boot = `
import { installGlobals } from "./src/guest/runtime/globals/index.ts";
const text = String;
globalThis.__boot = (send, ask) => {
  const globals = installGlobals(
    { send, ask },
    {
      reportUncaught: (error) => send(${GuestMessage.Uncaught}, 0, text(error)),
      onExit: (code) => send(${GuestMessage.Exit}, code, ""),
    },
  );
  globals.builtin = (name) => { globalThis.builtin = globals.requireBuiltin(name); };
  globals.exposeRequire = () => { globalThis.require = globals.require; };
  return globals;
};`;

const script = await bundleRuntime();
const chunks = new Map<string, string>();

async function bundleRuntime(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: boot, resolveDir: root, loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: "iife",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2024",
    minifySyntax: true,
    minifyWhitespace: true,
  });
  return outputFiles[0]!.text;
}

for (const file of await readdir(join(root, "dist/guest/chunks"))) {
  chunks.set(basename(file, ".js"), await readFile(join(root, "dist/guest/chunks", file), "utf8"));
}

export interface Sent {
  readonly kind: number;
  readonly a: number;
  readonly text: string;
}

export interface GuestOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly format?: "text" | "json";
  readonly runtime?: string;
}

export class Guest implements Disposable {
  readonly sent: Sent[] = [];
  readonly asked: { kind: number; text: string }[] = [];
  /** What the environment's clock says, in ms. */
  nowMs = 0;
  readonly #fired = new Set<number>();
  readonly #isolate = new ivm.Isolate({ memoryLimit: 128 });
  readonly #context = this.#isolate.createContextSync();
  readonly #globals: ivm.Reference<Record<string, unknown>>;

  constructor(options: GuestOptions = {}) {
    this.#context.evalSync(script);
    const { global } = this.#context;
    const start = global.getSync("__boot", { reference: true });
    global.deleteSync("__boot");
    const send = new ivm.Callback((kind: unknown, a: unknown, text: unknown) => {
      this.sent.push({ kind, a, text } as Sent);
    });
    const ask = new ivm.Callback((kind: number, text: string) => this.#answer(kind, text));
    const globals = start.applySync(undefined, [send, ask], { result: { reference: true } });
    this.#globals = globals as ivm.Reference<Record<string, unknown>>;
    this.call("setEnvironment", new ivm.ExternalCopy(options.environment ?? {}).copyInto());
    this.call("setLogFormat", options.format ?? "text");
    this.call("setRuntime", options.runtime ?? "nodejs24.x");
  }

  /** Calls one of GuestGlobals' functions. */
  call(name: string, ...args: unknown[]): unknown {
    const target = this.#globals.getSync(name, { reference: true }) as ivm.Reference;
    return target.applySync(undefined, args as never[], { timeout: 5_000 });
  }

  /** Runs code; gives its completion value when that is plain. Microtasks have run by then. */
  run(code: string): unknown {
    return this.#context.evalSync(code, { timeout: 10_000 });
  }

  /** The value of an expression, by JSON. */
  json(expression: string): unknown {
    const text = this.run(`JSON.stringify(${expression})`);
    return text === undefined ? undefined : JSON.parse(text as string);
  }

  /** Puts a text into the guest's global `name`. */
  set(name: string, text: unknown): void {
    this.#context.global.setSync(name, new ivm.ExternalCopy(text).copyInto());
  }

  /** Fires the timers that are set now, earliest first. */
  fireAll(): void {
    for (const { id } of this.timers().sort((a, b) => a.delayMs - b.delayMs || a.id - b.id)) this.fire(id);
  }

  fire(id: number): void {
    this.#fired.add(id);
    this.call("fireTimer", id);
  }

  /** The timers the host holds. */
  timers(): { id: number; delayMs: number }[] {
    const set = new Map<number, number>();
    for (const { kind, a, text } of this.sent) {
      if (kind === GuestMessage.SetTimer) set.set(a, Number(text));
      if (kind === GuestMessage.ClearTimer) set.delete(a);
    }
    for (const id of set.keys()) if (this.#fired.has(id)) set.delete(id);
    return [...set].map(([id, delayMs]) => ({ id, delayMs }));
  }

  messages(kind: number): Sent[] {
    return this.sent.filter((message) => message.kind === kind);
  }

  /** The texts of log messages. */
  logs(): string[] {
    return this.messages(GuestMessage.Log).map(({ text }) => text);
  }

  uncaught(): string[] {
    return this.messages(GuestMessage.Uncaught).map(({ text }) => text);
  }

  loadedChunks(): string[] {
    return this.asked.filter(({ kind }) => kind === GuestQuestion.LoadChunk).map(({ text }) => text);
  }

  [Symbol.dispose](): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }

  #answer(kind: number, text: string): string {
    this.asked.push({ kind, text });
    switch (kind) {
      case GuestQuestion.LoadChunk:
        this.#isolate.compileScriptSync(chunks.get(text)!, { filename: text }).runSync(this.#context);
        return "";
      case GuestQuestion.RandomBytes:
        return randomBytes(Number(text)).toString("latin1");
      case GuestQuestion.RandomUuid:
        return crypto.randomUUID();
      case GuestQuestion.ParseUrl:
        return parseUrl(JSON.parse(text) as [string, string?, string?]);
      case GuestQuestion.Now:
        return String(this.nowMs);
      default:
        throw new Error(`unknown question ${kind}`);
    }
  }
}

function parseUrl([input, base, value]: [string, string?, string?]): string {
  const url = URL.parse(input, value === undefined ? base : undefined);
  if (!url) return "";
  if (value !== undefined) Reflect.set(url, base!, value);
  const { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash } = url;
  return JSON.stringify({
    href,
    origin,
    protocol,
    username,
    password,
    host,
    hostname,
    port,
    pathname,
    search,
    hash,
  });
}

const attempt = (expression: string): string => `(() => {
  try {
    return JSON.stringify({ value: (${expression}) });
  } catch (error) {
    return JSON.stringify({ threw: error.name, code: error.code });
  }
})()`;

/** The outcome of an expression in the guest and in Node, as JSON; of what is thrown the name and the code. */
export function both(guest: Guest, expression: string): { guest: unknown; node: unknown } {
  const code = attempt(expression);
  const indirect = eval;
  return {
    guest: JSON.parse(guest.run(code) as string),
    node: JSON.parse(indirect(code) as string),
  };
}
