/** `node:domain`, which Node deprecates: errors of what runs in a domain are its events. */
import EventEmitter from "node:events";

type Run = (...args: unknown[]) => unknown;

const stack: Domain[] = [];

class Domain extends EventEmitter {
  readonly members: unknown[] = [];

  run(run: Run, ...args: unknown[]): unknown {
    return this.#inside(() => run(...args));
  }

  add(member: EventEmitter): void {
    this.members.push(member);
    member.on("error", (error: unknown) => this.emit("error", error));
  }

  remove(member: EventEmitter): void {
    const index = this.members.indexOf(member);
    if (index >= 0) this.members.splice(index, 1);
  }

  bind(run: Run): Run {
    return (...args) => this.#inside(() => run(...args));
  }

  intercept(run: Run): Run {
    return (error, ...args) => {
      if (error) return this.emit("error", error);
      return this.#inside(() => run(...args));
    };
  }

  enter(): void {
    stack.push(this);
  }

  exit(): void {
    const index = stack.lastIndexOf(this);
    if (index >= 0) stack.splice(index);
  }

  dispose(): void {
    this.removeAllListeners();
  }

  #inside(run: () => unknown): unknown {
    this.enter();
    try {
      return run();
    } catch (error) {
      if (this.listenerCount("error") === 0) throw error;
      this.emit("error", error);
      return undefined;
    } finally {
      this.exit();
    }
  }
}

export function create(): object {
  const createDomain = (): Domain => new Domain();
  const exports = { _stack: stack, Domain, createDomain, create: createDomain };
  return Object.defineProperty(exports, "active", {
    get: () => stack.at(-1) ?? null,
    enumerable: true,
    configurable: true,
  });
}
