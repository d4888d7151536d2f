import type { DebugHost, DebugPort } from "../../environment/debug-port.ts";
import type { FunctionVersion } from "../../functions/function-version.ts";
import type { InspectorServer } from "./server.ts";

/** The debuggers' way to the environments of one version. */
export class Inspection implements DebugHost {
  readonly breakAtStart: boolean;
  /** JSON of the source map that debuggers get, if there is one. */
  readonly map: string | undefined;
  readonly #server: InspectorServer;
  readonly #version: FunctionVersion;

  constructor(
    server: InspectorServer,
    version: FunctionVersion,
    breakAtStart: boolean,
    map: string | undefined,
  ) {
    this.#server = server;
    this.#version = version;
    this.breakAtStart = breakAtStart;
    this.map = map;
  }

  opened(port: DebugPort, name: string): void {
    const { functionName, version, code } = this.#version;
    this.#server.add(port, {
      title: `${functionName}:${version} ${name}`,
      scriptUrl: `file://${code.filename}`,
    });
  }

  closed(port: DebugPort): void {
    this.#server.remove(port);
  }
}
