import { CallFailure } from "./operations.ts";

/** The failure of what is not granted, with the grant to add. */
export function denial(sentence: string, grant: string): CallFailure {
  return new CallFailure("NotAllowedError", `${sentence}: grant it with ${grant}.`, "ERR_ACCESS_DENIED");
}
