import { SERVICE_ERROR, SERVICE_RESULT } from "../../guest/contract.ts";
import { createCryptoService } from "./crypto.ts";
import { callErrorOf, ServiceError } from "./service.ts";
import { createZlibService } from "./zlib.ts";
import type { OpenCall, Reply, Service } from "./service.ts";
import type { EnvironmentCode } from "../modules/environment-code.ts";
import { moduleService } from "../modules/module-service.ts";
import { taskService } from "./task.ts";

/** Makes a service for one environment, when it is first used. */
export type ServiceMaker = (code: EnvironmentCode) => Service;

/** The services a cell has, by the names that operations begin with. */
const MAKERS: Readonly<Record<string, ServiceMaker>> = {
  crypto: createCryptoService,
  module: moduleService,
  task: taskService,
  zlib: createZlibService,
};

/** The services of one environment. */
export class Services {
  readonly #code: EnvironmentCode;
  readonly #makers: Readonly<Record<string, ServiceMaker>>;
  readonly #made = new Map<string, Service>();

  constructor(code: EnvironmentCode, makers: Readonly<Record<string, ServiceMaker>> = MAKERS) {
    this.#code = code;
    this.#makers = makers;
  }

  /** Whether the operation is served here, in the cell. */
  has(operation: string): boolean {
    return Object.hasOwn(this.#makers, nameIn(operation));
  }

  /** The answer to a question of the guest's. Never throws. */
  ask(operation: string, argument: string): string {
    try {
      const service = this.#of(operation);
      if (!service.ask) throw unknown(operation);
      return SERVICE_RESULT + service.ask(verbIn(operation), argument);
    } catch (error) {
      return SERVICE_ERROR + JSON.stringify(callErrorOf(error));
    }
  }

  /** Begins an operation. @throws ServiceError */
  open(operation: string, argument: string, reply: Reply): OpenCall {
    const service = this.#of(operation);
    if (!service.open) throw unknown(operation);
    return service.open(verbIn(operation), argument, reply);
  }

  /** How long they have worked on other threads since they were last asked. */
  takeWorkedMs(): number {
    let workedMs = 0;
    for (const service of this.#made.values()) workedMs += service.takeWorkedMs?.() ?? 0;
    return workedMs;
  }

  dispose(): void {
    for (const service of this.#made.values()) service.dispose?.();
    this.#made.clear();
  }

  #of(operation: string): Service {
    const name = nameIn(operation);
    const made = this.#made.get(name);
    if (made) return made;
    const make = this.has(operation) ? this.#makers[name] : undefined;
    if (!make) throw unknown(operation);
    const service = make(this.#code);
    this.#made.set(name, service);
    return service;
  }
}

function nameIn(operation: string): string {
  return operation.slice(0, Math.max(0, operation.indexOf(".")));
}

function verbIn(operation: string): string {
  return operation.slice(operation.indexOf(".") + 1);
}

function unknown(operation: string): ServiceError {
  return new ServiceError(
    "Error",
    `This runtime has no operation ${operation}.`,
    "ERR_METHOD_NOT_IMPLEMENTED",
  );
}
