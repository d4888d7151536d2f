import { REJECTIONS_SIGNAL } from "../guest/contract.ts";
import { rejectionText } from "./failures.ts";
import type { GenericEnvironment } from "./generic-environment.ts";
import type { RunLimit } from "./known-version.ts";
import type { EnvironmentCode } from "./modules/environment-code.ts";
import type { VersionDefinition } from "./protocol.ts";

/** Whether the guest may have listeners for a rejection that nobody has handled. In an init only its runtime knows. */
export function mayBeHeard(reason: unknown, isReady: boolean): boolean {
  return isReady || reason === REJECTIONS_SIGNAL;
}

/**
 * Tells who waits for a module that its failure is what nobody has handled, or has the guest's listeners handle it where
 * there may be any. @throws `reason` when it is neither's.
 */
export function tellRejection(
  code: EnvironmentCode,
  reason: unknown,
  isReady: boolean,
  limitMs: RunLimit,
): undefined {
  if (code.explains(reason, limitMs)) return undefined;
  const { rejected } = code.generic.entries;
  const text = rejectionText(reason, code.version.definition.errorBytes);
  if (!mayBeHeard(reason, isReady) || !rejected.applySync(undefined, [text], { timeout: limitMs() }))
    throw reason;
  return undefined;
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
