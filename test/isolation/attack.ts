/** What an attack is. Data only: it crosses to the child host as JSON. */

import type { FunctionSettings } from "../../src/index.ts";

/** Families of attacks, as the suite is divided. */
export const FAMILIES = [
  ...(["cpu", "memory", "stack", "result", "protocol", "escape", "state", "init"] as const),
  ...(["services", "calls", "runtime", "modules", "network"] as const),
] as const;

export type Family = (typeof FAMILIES)[number];

/** Settings of the attacker; `timeoutMs` is 300 and `memoryMb` 32 unless said. */
export type AttackSettings = Omit<FunctionSettings, "code">;

/** One invocation of the attacker. */
export interface Step {
  readonly payload?: unknown;
  /** Outcomes that are right: `succeeded`, an error type, or `refused:` and the code of what `deploy` threw. */
  readonly expect: readonly string[];
  /** What a success must return. The text `$requestId` stands for the invocation's own. */
  readonly returns?: unknown;
}

/** A hostile function, how it is invoked, and what must come of it. */
export interface Attack {
  readonly name: string;
  readonly family: Family;
  readonly source: string;
  /** Whether the harm is done by the handler or while the module loads. */
  readonly at: "invoke" | "init";
  /** Run one after the other. */
  readonly steps: readonly Step[];
  readonly settings: AttackSettings;
  /** Files beside the source, which is then one of an artifact: its `index.js`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether it invokes functions itself, which are metered as well. */
  readonly spreads?: boolean;
}

export const TIMEOUT = "Sandbox.Timedout";
export const MEMORY = "Runtime.OutOfMemory";
export const LIMIT = "Sandbox.LimitExceeded";
/** The cell went down with the attacker in it. */
export const LOST = "Sandbox.CellLost";
export const UNWRITABLE = "Runtime.JSONStringifyError";
export const TOO_LARGE = "Function.ResponseSizeTooLarge";
export const EXIT = "Runtime.ExitError";
export const UNHANDLED = "Runtime.UnhandledPromiseRejection";
export const NEVER = "Runtime.NodeJsExit";
export const OK = "succeeded";

interface Extra extends AttackSettings {
  readonly payload?: unknown;
  readonly returns?: unknown;
  readonly steps?: readonly Step[];
  readonly files?: Readonly<Record<string, string>>;
  readonly spreads?: boolean;
}

/** Makes the attacks of one family; each is a handler's body or a whole module. */
export interface AttackMaker {
  /** `body` is that of `async (event, context) => { … }`. */
  body(name: string, body: string, expect: readonly string[], extra?: Extra): Attack;
  /** `source` is the whole module. */
  module(name: string, source: string, expect: readonly string[], extra?: Extra): Attack;
}

export function attackMaker(family: Family): AttackMaker {
  const at = family === "init" ? "init" : "invoke";
  const module: AttackMaker["module"] = (name, source, expect, extra = {}) => {
    const { payload = null, steps, files, spreads, ...rest } = extra;
    const { returns, ...own } = rest;
    // What an attacker is denied can't be attacked with.
    const settings = { ...own, permissions: { eval: true, ...own.permissions } };
    const only: Step = { payload, expect, ...(Object.hasOwn(extra, "returns") && { returns }) };
    const more = { ...(files && { files }), ...(spreads && { spreads }) };
    return { name: `${family}: ${name}`, family, source, at, steps: steps ?? [only], settings, ...more };
  };
  return {
    module,
    body: (name, body, expect, extra) =>
      module(name, `export const handler = async (event, context) => { ${body}\n};`, expect, extra),
  };
}
