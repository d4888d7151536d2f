import { PlatformError } from "../../base/errors.ts";
import type { FunctionRegistry } from "../../functions/registry.ts";
import type { FunctionVersion } from "../../functions/function-version.ts";
import { LATEST, parseFunctionReference } from "../../functions/qualifier.ts";
import type { Sandbox, SandboxVersion } from "../../sandbox/sandbox.ts";
import { inspectedVersionOf } from "../live-version.ts";
import type { LiveVersion } from "../live-version.ts";
import type { Sandboxes } from "../sandboxes.ts";
import { Inspected } from "./inspected.ts";
import type { Inspection } from "./inspection.ts";
import { checkOptions, refused } from "./options.ts";
import type { InspectedFunction, InspectOptions } from "./options.ts";
import { InspectorServer } from "./server.ts";

/** What inspections work with. */
export interface InspectionParts {
  readonly registry: FunctionRegistry;
  readonly versions: ReadonlyMap<FunctionVersion, LiveVersion>;
}

const ALLOWED = "a function that is not being inspected already; close that first";

/** Lets debuggers attach to functions. */
export class Inspections {
  readonly #parts: InspectionParts;
  readonly #open = new Set<Inspected>();

  constructor(parts: InspectionParts) {
    this.#parts = parts;
  }

  async inspect(name: string, given: InspectOptions): Promise<InspectedFunction> {
    const { port, breakAtStart } = checkOptions(given);
    const { version } = this.#parts.registry.resolve(name);
    const live = this.#parts.versions.get(version);
    if (!live || live.inspection) throw refused("name", name, ALLOWED);
    const { functionName, qualifier = LATEST } = parseFunctionReference(name);
    const server = await listen(port);
    const inspected = new Inspected(
      server,
      breakAtStart,
      qualifier === LATEST ? functionName : undefined,
      () => this.#open.delete(inspected),
    );
    this.#open.add(inspected);
    if (await inspected.add(live)) return inspected;
    await inspected.close();
    throw refused("name", name, ALLOWED);
  }

  /** A new version is live: who inspects the function goes on with it. */
  async deployed(version: FunctionVersion): Promise<void> {
    const live = this.#parts.versions.get(version);
    for (const inspected of this.#open) {
      if (live && inspected.follows === version.functionName) await inspected.add(live);
    }
  }

  /** Ends all, with the engine. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((inspected) => inspected.close()));
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
      const own = known ?? inspectedVersionOf(live, inspection.breakAtStart ? "break" : "on", inspection.map);
      inspected.set(inspection, own);
      const cell = `${own.id}.${++alone}`;
      return sandboxes.inspected(isolation).create(own, timeoutMs, stream, listener, false, cell);
    },
  };
}

/** Loads what only those who debug need. */
async function listen(port: number): Promise<InspectorServer> {
  try {
    return await InspectorServer.listen(port);
  } catch (cause) {
    throw new PlatformError(`The inspector can't listen on 127.0.0.1:${port}. Choose another port.`, cause);
  }
}
