import { InvalidOptionError } from "../../base/errors.ts";
import type { InspectorTarget } from "./server.ts";

/** Options of `engine.inspect`. */
export interface InspectOptions {
  /** Port on the loopback interface; 0 to 65 535, default 0 for one that is free. Debuggers look at 9229 by themselves. */
  readonly port?: number;
  /**
   * Whether the module of each new environment is loaded only when a debugger has attached and said that it is ready, and
   * stops before its first line, as with Node's `--inspect-brk`. Default false.
   */
  readonly breakAtStart?: boolean;
}

/** A function whose environments debuggers can attach to. */
export interface InspectedFunction extends AsyncDisposable {
  readonly port: number;
  /** Where Chrome DevTools (`chrome://inspect`) and VS Code find the environments: `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Environments there are now, each with the address of its WebSocket. */
  targets(): readonly InspectorTarget[];
  /** Ends it: debuggers are detached, and the function's environments replaced by ones without an inspector. */
  close(): Promise<void>;
}

export function checkOptions(given: InspectOptions): Required<InspectOptions> {
  for (const [field, value] of Object.entries(given)) {
    if (field !== "port" && field !== "breakAtStart") throw refused(field, value, "port or breakAtStart");
  }
  const { port = 0, breakAtStart = false } = given;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw refused("port", port, "an integer from 0 to 65535");
  if (typeof breakAtStart !== "boolean") throw refused("breakAtStart", breakAtStart, "true or false");
  return { port, breakAtStart };
}

export function refused(field: string, value: unknown, allowed: string): InvalidOptionError {
  return new InvalidOptionError("inspect", field, value, allowed, "INVALID_OPTION");
}
