import { PlatformError } from "../../base/errors.ts";
import type { DebugHost, DebugPort } from "../../environment/debug-port.ts";
import { InspectorServer } from "./server.ts";
import type { InspectorTarget } from "./server.ts";

/** Options of `engine.inspect`. */
export interface InspectOptions {
  /** Port on the loopback interface; 0 to 65 535, default 0 for one that is free. */
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

/** The debuggers' way to the environments of one version. */
export class Inspection implements DebugHost {
  readonly breakAtStart: boolean;
  readonly #server: InspectorServer;
  readonly #titleOf: (name: string) => string;
  readonly #scriptUrl: string;

  constructor(
    options: Required<InspectOptions>,
    titleOf: (name: string) => string,
    scriptUrl: string,
    server: InspectorServer,
  ) {
    this.breakAtStart = options.breakAtStart;
    this.#titleOf = titleOf;
    this.#scriptUrl = scriptUrl;
    this.#server = server;
  }

  get port(): number {
    return this.#server.port;
  }

  targets(): readonly InspectorTarget[] {
    return this.#server.targets();
  }

  opened(port: DebugPort, name: string): void {
    this.#server.add(port, { title: this.#titleOf(name), scriptUrl: this.#scriptUrl });
  }

  closed(port: DebugPort): void {
    this.#server.remove(port);
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

/** Loads what only those who debug need. */
export async function startServer(port: number): Promise<InspectorServer> {
  try {
    return await InspectorServer.listen(port);
  } catch (cause) {
    throw new PlatformError(`The inspector can't listen on 127.0.0.1:${port}. Choose another port.`, cause);
  }
}
