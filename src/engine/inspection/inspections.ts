import { InvalidOptionError } from "../../base/errors.ts";
import type { FunctionRegistry } from "../../functions/registry.ts";
import type { FunctionVersion } from "../../functions/function-version.ts";
import type { Sandbox, SandboxVersion } from "../../sandbox/sandbox.ts";
import { inspectedVersionOf } from "../live-version.ts";
import type { LiveVersion } from "../live-version.ts";
import type { Sandboxes } from "../sandboxes.ts";
import { Inspection, startServer } from "./inspection.ts";
import type { InspectedFunction, InspectOptions } from "./inspection.ts";

/** What inspections work with. */
export interface InspectionParts {
  readonly registry: FunctionRegistry;
  readonly versions: ReadonlyMap<FunctionVersion, LiveVersion>;
}

const ALLOWED = "a function that is not being inspected already; close that first";

/** Lets debuggers attach to functions. */
export class Inspections {
  readonly #parts: InspectionParts;
  readonly #open = new Map<LiveVersion, Inspection>();

  constructor(parts: InspectionParts) {
    this.#parts = parts;
  }

  async inspect(name: string, given: InspectOptions): Promise<InspectedFunction> {
    const options = checkOptions(given);
    const { version } = this.#parts.registry.resolve(name);
    const live = this.#parts.versions.get(version);
    if (!live || this.#open.has(live)) {
      throw refused("name", name, ALLOWED);
    }
    const server = await startServer(options.port);
    const title = `${version.functionName}:${version.version}`;
    const { filename } = version.code;
    const titleOf = (stream: string): string => `${title} ${stream}`;
    const inspection = new Inspection(options, titleOf, `file://${filename}`, server);
    if (this.#open.has(live)) {
      await inspection.close();
      throw refused("name", name, ALLOWED);
    }
    this.#open.set(live, inspection);
    live.inspection = inspection;
    live.pools.renew();
    return handleOf(inspection, () => this.#close(live));
  }

  /** Ends all, with the engine. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((live) => this.#close(live)));
  }

  async #close(live: LiveVersion): Promise<void> {
    const inspection = this.#open.get(live);
    if (!inspection) return;
    this.#open.delete(live);
    live.inspection = undefined;
    await inspection.close();
    live.pools.renew();
  }
}

/** Where environments of a version are placed: those that debuggers attach to in cells of their own. */
export function placing(
  sandboxes: Sandboxes,
  live: Pick<LiveVersion, "version" | "sandboxVersion" | "inspection">,
  tenant: string | undefined,
): Pick<Sandbox, "create" | "cellCount"> {
  const { isolation } = live.version.settings;
  const sandbox = sandboxes.of(isolation);
  const inspected = new Map<Inspection, SandboxVersion>();
  let alone = 0;
  return {
    cellCount: sandbox.cellCount,
    create(version, timeoutMs, stream, listener, isHeavy) {
      const { inspection } = live;
      if (!inspection) return sandbox.create(version, timeoutMs, stream, listener, isHeavy, tenant);
      const known = inspected.get(inspection);
      const own = known ?? inspectedVersionOf(live, inspection.breakAtStart ? "break" : "on");
      inspected.set(inspection, own);
      const cell = `${own.id}.${++alone}`;
      return sandboxes.inspected(isolation).create(own, timeoutMs, stream, listener, false, cell);
    },
  };
}

function handleOf(inspection: Inspection, close: () => Promise<void>): InspectedFunction {
  const { port } = inspection;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    targets: () => inspection.targets(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function checkOptions(given: InspectOptions): Required<InspectOptions> {
  for (const [field, value] of Object.entries(given)) {
    if (field !== "port" && field !== "breakAtStart") throw refused(field, value, "port or breakAtStart");
  }
  const { port = 0, breakAtStart = false } = given;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw refused("port", port, "an integer from 0 to 65535");
  if (typeof breakAtStart !== "boolean") throw refused("breakAtStart", breakAtStart, "true or false");
  return { port, breakAtStart };
}

function refused(field: string, value: unknown, allowed: string): InvalidOptionError {
  return new InvalidOptionError("inspect", field, value, allowed, "INVALID_OPTION");
}
