/** How a module is to be evaluated. */
export type ModuleFormat = "esm" | "commonjs";

/** A function's code, ready to be compiled by a cell: one self-contained file. */
export interface CodePackage {
  /** JavaScript text of the one file. */
  readonly source: string;
  /** `undefined` where only compiling can tell (an inline source): ESM syntax makes it ESM, as in Node. */
  readonly format: ModuleFormat | undefined;
  /** Path the guest sees, such as `/var/task/index.mjs`. Stack traces name it. */
  readonly filename: string;
  /** Whether the code uses `node:async_hooks`: its `async` functions have then been lowered, which contexts need. */
  readonly tracksContext: boolean;
  /** The bundle's source map as JSON text, its `sources` being paths the user knows; absent for inline sources. */
  readonly sourceMap: string | undefined;
  /** Hex SHA-256 of the source, Lambda's `CodeSha256`. */
  readonly sha256: string;
  readonly sizeBytes: number;
}
