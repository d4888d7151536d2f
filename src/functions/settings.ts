import type { FunctionPermissions, ResolvedPermissions } from "./permissions.ts";

/** Handler-style rules to follow. `nodejs22.x` accepts callback handlers; `nodejs24.x` refuses them, as Lambda does. */
export type Runtime = "nodejs22.x" | "nodejs24.x";

/**
 * Where environments run: in a worker thread of the host, for code one trusts; in a child process, for code one does
 * not; or in a child process that no two tenants share.
 */
export type Isolation = "in-process" | "process" | "process-per-tenant";

/** All of them, the default first. */
export const ISOLATIONS: readonly ["in-process", "process", "process-per-tenant"] = [
  "in-process",
  "process",
  "process-per-tenant",
];

/**
 * Which builds of npm packages `{ file }` takes. `node`: those for Node, as a handler on Lambda has them. `worker`: by the
 * conditions `worker` and `browser`, and the `browser` field: a client of the AWS SDK v3 is then a third of the size
 * (client-dynamodb: 0.41 MB instead of 1.30) and needs no built-in module, but reads neither region nor credentials from
 * the environment: they must be given to it.
 */
export type BundlePlatform = "node" | "worker";

/** The code of a function. Paths may be `file:` URLs; relative ones are resolved from the process's working directory. */
export type FunctionCode = SourceCode | FileCode | ArtifactCode;

/** JavaScript text. */
export interface SourceCode {
  /** ESM or CommonJS, told apart as Node does: one file without packages. */
  readonly source: string;
}

/**
 * An entry file that esbuild bundles with its npm dependencies: TypeScript, JavaScript, JSX (as its tsconfig says, else
 * automatic), with the `paths` of its tsconfig. It may import JSON, files ending in .txt, .html, .sql, .graphql, .gql,
 * .md, .yaml, .yml, .csv, .xml, .svg and .hbs as text, .wasm and .bin files as a `Uint8Array`, and anything
 * `with { type: "text" }` or `"bytes"`.
 */
export interface FileCode {
  /** Path of the entry file. */
  readonly file: string | URL;
  /** Default `node`. */
  readonly platform?: BundlePlatform;
  /** Conditions of packages' `exports` to take beside those of the platform, such as `react-server`; at most 16. */
  readonly conditions?: readonly string[];
  /**
   * Packages to leave out of the bundle, such as `@aws-sdk/*`; at most 100. They are loaded when the function runs, from
   * its layers; without a layer that has them, init fails.
   */
  readonly external?: readonly string[];
}

/**
 * A deployment artifact as Lambda takes it: files with `node_modules`, unpacked or zipped, resolved by Node's rules when
 * the function runs, and for `fs` read-only under `/var/task`. At most 262 144 000 bytes unpacked, layers included, and
 * 100 000 files; a zip archive 52 428 800 bytes, and at most 200 times its size when unpacked (if that is over 10 MB).
 * Symbolic links must lead to something within.
 */
export type ArtifactCode =
  | {
      /** Path of the folder. */
      readonly directory: string | URL;
    }
  | {
      /** Path of the archive, or its bytes. */
      readonly zip: string | URL | Uint8Array;
    };

/**
 * Limits of one invocation beside `timeoutMs`, `memoryMb` and the engine's `payloadLimitBytes`. What passes one of them
 * and is ended for it fails with `Sandbox.LimitExceeded`, which names the limit and by how much it was passed.
 */
export interface FunctionLimits {
  /**
   * CPU time in milliseconds; 1 to 900 000, default the function's `timeoutMs`. The environment is ended. A single run
   * without any waiting is also ended when it takes one and a half times what is left of it in wall-clock time, and 25
   * ms, as it can't be measured meanwhile. In an environment that runs several invocations these share it equally.
   */
  readonly cpuMs?: number;
  /** Log lines; 1 to 10 000 000, default 10 000. The rest is dropped; at ten times as many the environment is ended. */
  readonly logLines?: number;
  /**
   * Log text in bytes; 1 024 to 1 073 741 824, default 8 388 608. The rest is dropped; at ten times as much the
   * environment is ended. One line is cut at 262 144 characters.
   */
  readonly logBytes?: number;
  /** Timers and immediates set at once in an environment; 1 to 1 000 000, default 10 000. The environment is ended. */
  readonly timers?: number;
  /**
   * Calls to the host open at once in an environment, such as requests; 1 to 100 000, default 1 000. One invocation may
   * open ten times as many in all, and send a hundred times as many texts for them. The environment is ended.
   */
  readonly hostCalls?: number;
  /** An error's message, and its trace, in bytes each; 256 to 6 291 456, default 65 536. The rest is cut off. */
  readonly errorBytes?: number;
}

/** Settings of a function. Every one but `code` has a default. */
export interface FunctionSettings {
  readonly code: FunctionCode;
  /**
   * `file.export`, nested exports allowed; 1 to 128 characters without white space, default `index.handler`. A name
   * without a dot is accepted here and fails at init with `Runtime.MalformedHandlerName`, as in Lambda. Of an artifact,
   * `src/app.handler` is the export `handler` of `src/app.js`, `.mjs` or `.cjs`.
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
  /**
   * Default the engine's `isolation`. `process-per-tenant` takes invocations with a `tenant` only, and no
   * `provisionedConcurrency`, as Lambda's tenant isolation.
   */
  readonly isolation?: Isolation;
  /** Limits of one invocation. */
  readonly limits?: FunctionLimits;
  /** What it may reach and use beside its own memory; default `/tmp` alone. */
  readonly permissions?: FunctionPermissions;
  /** Labels that meter records carry; at most 50, keys of 1 to 128 characters not starting with `aws:`, values to 256. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Free text, to 256 characters. */
  readonly description?: string;
  /**
   * Artifacts that are merged under `/opt`, the later over the earlier; at most 5, default none. Packages in their
   * `nodejs/node_modules` and `nodejs/node24/node_modules` (or `node22`, by the runtime) are found like the function's own.
   */
  readonly layers?: readonly ArtifactCode[];
}

/** What a function takes where its own settings leave something out: every setting but the code and its layers. */
export type SettingDefaults = Partial<Omit<FunctionSettings, "code" | "layers">>;

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
  readonly limits: Readonly<Required<FunctionLimits>>;
  readonly permissions: ResolvedPermissions;
  readonly tags: Readonly<Record<string, string>>;
  readonly description: string;
}
