import type { LiveVersion } from "../live-version.ts";
import { Inspection } from "./inspection.ts";
import type { InspectedFunction } from "./options.ts";
import { readableMap } from "./readable-map.ts";
import type { InspectorServer, InspectorTarget } from "./server.ts";

/** What `engine.inspect` gives: one port, and the versions whose environments are reached by it. */
export class Inspected implements InspectedFunction {
  /** The function whose newest version it follows; undefined for one of a certain version. */
  readonly follows: string | undefined;
  readonly #server: InspectorServer;
  readonly #breakAtStart: boolean;
  readonly #onClose: () => void;
  readonly #lives = new Set<LiveVersion>();
  #isClosed = false;

  constructor(
    server: InspectorServer,
    breakAtStart: boolean,
    follows: string | undefined,
    onClose: () => void,
  ) {
    this.#server = server;
    this.#breakAtStart = breakAtStart;
    this.follows = follows;
    this.#onClose = onClose;
  }

  get port(): number {
    return this.#server.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  targets(): readonly InspectorTarget[] {
    return this.#server.targets();
  }

  /** Has debuggers find the environments of this version too, which are replaced for that. False when others have it already. */
  async add(live: LiveVersion): Promise<boolean> {
    const map = await readableMap(live.version.code);
    if (live.inspection || this.#isClosed) return false;
    live.inspection = new Inspection(this.#server, live.version, this.#breakAtStart, map);
    this.#lives.add(live);
    live.pools.renew();
    return true;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose();
    for (const live of this.#lives) live.inspection = undefined;
    await this.#server.close();
    for (const live of this.#lives) live.pools.renew();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
