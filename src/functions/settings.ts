/** Handler-style rules to follow. `nodejs22.x` accepts callback handlers; `nodejs24.x` refuses them, as Lambda does. */
export type Runtime = "nodejs22.x" | "nodejs24.x";

/** Where environments run. Only `in-process` (a worker thread of the host) exists so far. */
export type Isolation = "in-process";

/** The code of a function: source text, or an entry file bundled with its npm dependencies by esbuild. */
export type FunctionCode =
  | {
      /** JavaScript (ESM or CommonJS, told apart as Node does), one file without packages. */
      readonly source: string;
    }
  | {
      /**
       * Path or `file:` URL of a TypeScript or JavaScript entry file; relative paths are resolved from the process's
       * working directory.
       */
      readonly file: string;
    };

/** Settings of a function. Every one but `code` has a default. */
export interface FunctionSettings {
  readonly code: FunctionCode;
  /**
   * `file.export`, nested exports allowed; 1 to 128 characters without white space, default `index.handler`. A name
   * without a dot is accepted here and fails at init with `Runtime.MalformedHandlerName`, as in Lambda.
   */
  readonly handler?: string;
  /** Default `nodejs24.x`. */
  readonly runtime?: Runtime;
  /** Wall-clock limit of one invocation in milliseconds; an integer from 1 to 900 000, default 3 000. */
  readonly timeoutMs?: number;
  /** Heap limit of one environment and the billed size in MB; an integer from 16 to 10 240, default 128. */
  readonly memoryMb?: number;
  /**
   * Variables of `process.env`, 4 096 bytes of names and values together. Names start with a letter and have two or
   * more letters, digits and underscores; those Lambda reserves, such as `AWS_REGION`, are refused. Default none.
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Invocations of the function that may run at once, 0 to 100 000; it also takes that share out of the account's
   * concurrency. 0 stops the function. Default: no share of its own.
   */
  readonly reservedConcurrency?: number;
  /** Environments kept initialised ahead; 0 to 1 000 and at most `reservedConcurrency` where that is set, default 0. */
  readonly provisionedConcurrency?: number;
  /** Invocations that may run in one environment at once; 1 to 64, default 1 as in Lambda. */
  readonly environmentConcurrency?: number;
  /** Default `in-process`. */
  readonly isolation?: Isolation;
  /** Labels that meter records carry; at most 50, keys of 1 to 128 characters not starting with `aws:`, values to 256. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Free text, to 256 characters. */
  readonly description?: string;
}

/** What a function takes where its own settings leave something out: every setting but the code. */
export type SettingDefaults = Partial<Omit<FunctionSettings, "code">>;

/** Settings with every default filled in; frozen. */
export interface ResolvedSettings {
  readonly handler: string;
  readonly runtime: Runtime;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly reservedConcurrency: number | undefined;
  readonly provisionedConcurrency: number;
  readonly environmentConcurrency: number;
  readonly isolation: Isolation;
  readonly tags: Readonly<Record<string, string>>;
  readonly description: string;
}
