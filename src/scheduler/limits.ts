import { InvalidOptionError, ThrottledError, type ThrottleReason } from "../base/errors.ts";

/** The account's limits, all of them whole numbers. */
export interface Limits {
  /** Invocations of all functions that run at once; 1 or more, default 1 000 as in Lambda. */
  readonly accountConcurrency: number;
  /** Invocations of all functions that may wait; 0 or more, default 10 000. At 0 nothing waits, as in Lambda. */
  readonly maxQueued: number;
  /** Invocations of one function that may wait; 0 or more, default 1 000. */
  readonly maxQueuedPerFunction: number;
  /** Longest wait of an invocation; 1 or more, default 10 000. */
  readonly queueDeadlineMs: number;
}

const DEFAULTS: Limits = {
  accountConcurrency: 1_000,
  maxQueued: 10_000,
  maxQueuedPerFunction: 1_000,
  queueDeadlineMs: 10_000,
};

/** Lambda keeps 100 of an account's concurrency out of the reach of reservations; a small account keeps a tenth. */
const UNRESERVED_MINIMUM = 100;

/** Fills in the defaults. Throws {@link InvalidOptionError} for a value outside its range. */
export function resolveLimits(given: Partial<Limits>): Limits {
  return Object.freeze({
    accountConcurrency: wholeNumber("accountConcurrency", given.accountConcurrency, 1),
    maxQueued: wholeNumber("maxQueued", given.maxQueued, 0),
    maxQueuedPerFunction: wholeNumber("maxQueuedPerFunction", given.maxQueuedPerFunction, 0),
    queueDeadlineMs: wholeNumber("queueDeadlineMs", given.queueDeadlineMs, 1),
  });
}

function wholeNumber(field: keyof Limits, given: number | undefined, least: number): number {
  const value = given ?? DEFAULTS[field];
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidOptionError("Engine", field, value, `a whole number from ${least}`, "INVALID_OPTION");
}

/** The part of the account's concurrency that can't be reserved: 100, or a tenth of a smaller account, and at least 1. */
function unreservedMinimum(accountConcurrency: number): number {
  return Math.min(UNRESERVED_MINIMUM, Math.ceil(accountConcurrency / 10));
}

/**
 * Checks a reservation against what the other functions have reserved.
 * Throws {@link InvalidOptionError} (`INVALID_SETTING`) unless it is a whole number that leaves the unreserved minimum.
 */
export function checkReservation(
  functionName: string,
  reserved: number,
  othersReserved: number,
  { accountConcurrency }: Limits,
): void {
  const kept = unreservedMinimum(accountConcurrency);
  const most = Math.max(0, accountConcurrency - kept - othersReserved);
  if (Number.isSafeInteger(reserved) && reserved >= 0 && reserved <= most) return;
  const allowed =
    `0 to ${most} (accountConcurrency ${accountConcurrency}, less ${othersReserved} reserved for other functions, ` +
    `less ${kept} that always stay unreserved)`;
  throw new InvalidOptionError(
    `Function ${JSON.stringify(functionName)}`,
    "reservedConcurrency",
    reserved,
    allowed,
    "INVALID_SETTING",
  );
}

/** What is wrong with what the caller of one invocation chose, if anything. */
export function checkChoices(
  priority: number,
  deadlineMs: number | undefined,
): InvalidOptionError | undefined {
  if (!Number.isInteger(priority) || priority < -100 || priority > 100) {
    return new InvalidOptionError(
      "invoke",
      "priority",
      priority,
      "a whole number from -100 to 100",
      "INVALID_OPTION",
    );
  }
  if (deadlineMs !== undefined && !(Number.isFinite(deadlineMs) && deadlineMs >= 0)) {
    return new InvalidOptionError("invoke", "deadlineMs", deadlineMs, "a number from 0", "INVALID_OPTION");
  }
  return undefined;
}

/** Why admission refuses; the other reasons are those of who places environments. */
export type AdmissionReason = Exclude<ThrottleReason, "EnvironmentLimit">;

/** The error of an invocation that may neither start nor wait, or waited too long: names the function, the limit and what to do. */
export function throttled(
  functionName: string,
  reason: AdmissionReason,
  limit: string,
  value: number,
): ThrottledError {
  const message = `Function ${JSON.stringify(functionName)} was throttled: ${EXPLANATIONS[reason](limit, value)}`;
  return new ThrottledError(message, reason, limit, value);
}

const EXPLANATIONS: Readonly<Record<AdmissionReason, (limit: string, value: number) => string>> = {
  AccountConcurrency: (limit, value) =>
    `the functions without a reservation use all of the concurrency that is not reserved, ${value} of the engine option ` +
    `${limit}, and nothing may wait. Retry later, or raise ${limit} or maxQueued.`,
  ReservedConcurrency: (limit, value) =>
    value === 0
      ? `its ${limit} is 0, which stops it. Raise the setting or take it away.`
      : `its ${limit} of ${value} is in use, and nothing may wait. Retry later, or raise ${limit} or the engine option maxQueued.`,
  BacklogFull: (limit, value) =>
    `${value} invocations of the account wait already, the engine option ${limit}. Retry later, or raise ${limit}.`,
  FunctionBacklogFull: (limit, value) =>
    `${value} of its invocations wait already, the engine option ${limit}. Retry later, or raise ${limit}.`,
  QueueDeadline: (limit, value) =>
    `no concurrency came free within ${limit} of ${value} ms. Retry later, or raise ${limit}, accountConcurrency or the function's reservedConcurrency.`,
};
