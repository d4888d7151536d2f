import type ivm from "isolated-vm";

/** A file as it is compiled. */
export interface CompiledForm {
  readonly text: string;
  readonly origin: ivm.ScriptOrigin;
}
