import { CellLostError, InvalidCodeError } from "../base/errors.ts";
import { CodeStore } from "../functions/code-store.ts";
import { isoletVersion } from "../functions/tool-versions.ts";
import type { CodePackage } from "../functions/package.ts";
import type { Isolation } from "../functions/settings.ts";
import type { ResolvedOptions } from "../options.ts";
import type { CompileResult, Sandbox } from "../sandbox/sandbox.ts";
import type { CompiledCode } from "./live-version.ts";

/** Compiles code in cells, each once for all engines that share a cache folder. */
export class Compiles {
  readonly #store: CodeStore | undefined;
  readonly #spares: number;

  constructor({ cells }: ResolvedOptions, store: CodeStore | undefined) {
    this.#store = store;
    this.#spares = cells.spares;
  }

  /** @throws InvalidCodeError for a syntax error, and for code over which its cell is lost. */
  async compile(
    name: string,
    code: CodePackage,
    sandbox: Sandbox,
    isolation: Isolation,
  ): Promise<CompiledCode> {
    const store = this.#isClean(isolation) ? this.#store : undefined;
    const key = store && keyOf(code, isolation);
    const kept = key === undefined ? undefined : await store?.get(key);
    if (kept) return readCompiled(kept);
    const result = await compileIn(name, code, sandbox);
    if (!result.ok) {
      throw new InvalidCodeError(
        `Function "${name}": the code has a syntax error: ${result.error}. Nothing was deployed.`,
        "Runtime.UserCodeSyntaxError",
      );
    }
    if (key !== undefined) await store?.put(key, writeCompiled(result));
    return result;
  }

  /** Whether code is compiled where no untrusted guest has run: what others are to use must be nobody's work but V8's. */
  #isClean(isolation: Isolation): boolean {
    return isolation !== "process" || this.#spares > 0;
  }
}

async function compileIn(name: string, code: CodePackage, sandbox: Sandbox): Promise<CompileResult> {
  try {
    return await sandbox.compile(code.source, code.format, code.filename);
  } catch (cause) {
    if (!(cause instanceof CellLostError)) throw cause;
    throw new InvalidCodeError(`Function "${name}": ${cause.message}`, "Runtime.UserCodeSyntaxError", cause);
  }
}

/** V8 takes a cache only as it wrote it, under the same flags, which threads and processes don't share. */
function keyOf({ source, format, filename }: CodePackage, isolation: Isolation): string {
  const place = isolation === "in-process" ? "thread" : "process";
  const { v8, node } = process.versions;
  return CodeStore.keyOf(
    "compiled",
    isoletVersion(),
    v8,
    node,
    process.platform,
    process.arch,
    place,
    format ?? "",
    filename,
    source,
  );
}

const FORMATS = ["esm", "commonjs"] as const;

/** One byte for the format, and the code cache if there is one. */
function writeCompiled({ format, cachedData = new Uint8Array() }: CompiledCode): Uint8Array {
  return Buffer.concat([Buffer.from([FORMATS.indexOf(format)]), cachedData]);
}

function readCompiled(kept: Buffer): CompiledCode {
  const format = FORMATS[kept[0] ?? 0] ?? "esm";
  // A copy: a view would be sent with all that lies beside it.
  return { format, cachedData: kept.length > 1 ? new Uint8Array(kept.subarray(1)) : undefined };
}
