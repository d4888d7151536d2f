import { FakeClock } from "../../src/base/fake-clock.ts";
import { ThrottledError } from "../../src/base/errors.ts";
import { Scheduler, type Admission, type SchedulerOptions } from "../../src/scheduler/scheduler.ts";

/** Lets every promise reaction that is ready run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export type Outcome = { readonly value: string } | { readonly error: unknown };

/** One invocation under the test's control: it runs until the test ends it. */
export class Controlled {
  readonly name: string;
  started = false;
  outcomes: Outcome[] = [];
  #end: (() => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(name: string) {
    this.name = name;
  }

  readonly task = (): Promise<string> => {
    this.started = true;
    return new Promise((resolve, reject) => {
      this.#end = () => resolve(this.name);
      this.#fail = reject;
    });
  };

  watch(promise: Promise<string>): this {
    promise.then(
      (value) => this.outcomes.push({ value }),
      (error: unknown) => this.outcomes.push({ error }),
    );
    return this;
  }

  /** Ends the run; what it makes possible has happened when this resolves. */
  async end(): Promise<void> {
    this.#end!();
    await settle();
  }

  async fail(error: Error): Promise<void> {
    this.#fail!(error);
    await settle();
  }

  get error(): unknown {
    const [outcome] = this.outcomes;
    return outcome && "error" in outcome ? outcome.error : undefined;
  }

  get reason(): string | undefined {
    return this.error instanceof ThrottledError ? this.error.reason : undefined;
  }
}

/** A scheduler on a clock that stands still, and a record of what started in which order. */
export class Bench {
  readonly clock: FakeClock = new FakeClock();
  readonly throttles: string[] = [];
  readonly order: string[] = [];
  readonly scheduler: Scheduler;

  constructor(options: SchedulerOptions = {}) {
    this.scheduler = new Scheduler({
      clock: this.clock,
      onThrottle: (functionName, error) => this.throttles.push(`${functionName} ${error.reason}`),
      ...options,
    });
  }

  /** Runs an invocation; `label` is what it is called in {@link Bench.order}. */
  run(functionName: string, more: Partial<Admission> & { readonly label?: string } = {}): Controlled {
    const { label = functionName, ...rest } = more;
    const controlled = new Controlled(label);
    const task = (): Promise<string> => {
      this.order.push(label);
      return controlled.task();
    };
    return controlled.watch(this.scheduler.run({ functionName, priority: 0, ...rest }, task));
  }

  runMany(functionName: string, count: number): Controlled[] {
    return Array.from({ length: count }, (_, index) =>
      this.run(functionName, { label: `${functionName}${index}` }),
    );
  }
}
