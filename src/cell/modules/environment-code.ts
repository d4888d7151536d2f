import type { GenericEnvironment } from "../generic-environment.ts";
import type { KnownVersion, RunLimit } from "../known-version.ts";
import { GuestModules } from "./guest-modules.ts";

/** The code of one environment: where it runs and what of. */
export class EnvironmentCode {
  readonly generic: GenericEnvironment;
  readonly version: KnownVersion;
  #modules: GuestModules | undefined;
  #isLoading = true;
  #runLater: (act: (limitMs: RunLimit) => Promise<unknown> | undefined) => void = () => undefined;

  constructor(generic: GenericEnvironment, version: KnownVersion) {
    this.generic = generic;
    this.version = version;
  }

  /** Says how the guest is run; before anything is loaded. */
  onRun(runLater: (act: (limitMs: RunLimit) => Promise<unknown> | undefined) => void): void {
    this.#runLater = runLater;
  }

  /** Runs the guest by `act` in a run of its own, later and while an invocation or the init is under way. */
  runLater(act: (limitMs: RunLimit) => Promise<unknown> | undefined): void {
    this.#runLater(act);
  }

  /** The user's code has loaded. */
  loaded(): void {
    this.#isLoading = false;
  }

  /** Whether code may be made of texts: while the user's code loads, and where it is granted. */
  get mayEvaluate(): boolean {
    return this.#isLoading || this.version.mayEvaluate;
  }

  /** Whether an `import()` waits for its module. */
  get isImporting(): boolean {
    return this.#modules?.isImporting ?? false;
  }

  /** Whether a rejection that nobody has handled is a module's that was waited for, in a run. */
  explains(reason: unknown, limitMs: RunLimit): boolean {
    return this.#modules?.explains(reason, limitMs) ?? false;
  }

  /** Its ES modules; only those need them that have any. */
  get modules(): GuestModules {
    return (this.#modules ??= new GuestModules(this.generic, this.version));
  }
}
