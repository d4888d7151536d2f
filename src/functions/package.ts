/** How a module is to be evaluated. */
export type ModuleFormat = "esm" | "commonjs";

/** A function's code, ready to be compiled by a cell: one file, and those that it may load. */
export interface CodePackage {
  /** JavaScript text of the handler's file, with names in place of `import()` and `import.meta`. */
  readonly source: string;
  /** Whether it has an `import()` or an `import.meta`. */
  readonly usesImports: boolean;
  /** The files of an artifact and of layers, as `writePack` makes them. */
  readonly pack: Uint8Array | undefined;
  /** `undefined` where only compiling can tell (an inline source): ESM syntax makes it ESM, as in Node. */
  readonly format: ModuleFormat | undefined;
  /** Path the guest sees, such as `/var/task/index.mjs`. Stack traces name it. */
  readonly filename: string;
  /** Whether the code uses `node:async_hooks`: its `async` functions have then been lowered, which contexts need. */
  readonly tracksContext: boolean;
  /** Whether it names the events of rejections; they have been lowered likewise. */
  readonly followsRejections: boolean;
  /** The bundle's source map as JSON text, its `sources` being paths the user knows; absent for inline sources. */
  readonly sourceMap: string | undefined;
  /** The folder on this machine that those `sources` are in. */
  readonly sourceRoot?: string;
  /** Maps of other files, by their paths; those of an artifact that are compiled lowered. */
  readonly sourceMaps?: ReadonlyMap<string, string> | undefined;
  /** Hex SHA-256 of the source, or of an artifact's paths and contents; Lambda's `CodeSha256`. */
  readonly sha256: string;
  /** Of the source, or of all files of an artifact and its layers. */
  readonly sizeBytes: number;
}
