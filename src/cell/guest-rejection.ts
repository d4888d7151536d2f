import { rejectionText } from "./failures.ts";
import type { GenericEnvironment } from "./generic-environment.ts";

/** Has the guest's listeners handle what nobody else does. @throws `reason` when there are none. */
export function tellRejection(
  { entries }: GenericEnvironment,
  reason: unknown,
  errorBytes: number,
  timeout: number,
): undefined {
  if (!entries.rejected.applySync(undefined, [rejectionText(reason, errorBytes)], { timeout })) throw reason;
}
