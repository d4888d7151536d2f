import { rejectionText } from "./failures.ts";
import type { GenericEnvironment } from "./generic-environment.ts";
import type { VersionDefinition } from "./protocol.ts";

/** Has the guest's listeners handle what nobody else does. @throws `reason` when there are none. */
export function tellRejection(
  { entries }: GenericEnvironment,
  reason: unknown,
  { errorBytes }: Pick<VersionDefinition, "errorBytes">,
  timeout: number,
): undefined {
  if (!entries.rejected.applySync(undefined, [rejectionText(reason, errorBytes)], { timeout })) throw reason;
}

interface RunFailure {
  readonly thrown: unknown;
}

/**
 * A run of a guest that is inspected, by `apply`: this thread must not wait for the debugger. What the guest's listeners have
 * handled is no failure.
 */
export async function runTelling(
  { entries }: GenericEnvironment,
  act: () => Promise<unknown> | undefined,
  mayTell: (thrown: unknown) => boolean,
  { errorBytes }: Pick<VersionDefinition, "errorBytes">,
): Promise<RunFailure | undefined> {
  try {
    await act();
    return undefined;
  } catch (thrown) {
    if (!mayTell(thrown)) return { thrown };
    try {
      return (await entries.rejected.apply(undefined, [rejectionText(thrown, errorBytes)], {}))
        ? undefined
        : { thrown };
    } catch (followed) {
      return { thrown: followed };
    }
  }
}
