import { InvalidOptionError, InvalidPayloadError } from "../base/errors.ts";
import type { InvokeOptions } from "../invocation/invoker.ts";
import { Invocation } from "../invocation/invocation.ts";
import { writePayload } from "../invocation/payload.ts";
import type { InvocationTarget } from "../functions/function-version.ts";
import type { ResolvedOptions } from "../options.ts";

const TYPES = ["request", "event", "dry-run"];
const KNOWN = ["type", "tenant", "clientContext", "identity", "signal", "priority", "deadlineMs", "logTail"];

/** Longest tenant name, as in Lambda. */
const TENANT = /^[a-zA-Z0-9_.:/=+\-@ ]{1,256}$/;

/** Checks the options of one invocation. Throws {@link InvalidOptionError}; priority and deadline are the scheduler's to check. */
export function checkInvokeOptions(options: InvokeOptions): void {
  if (!isObject(options)) refuse("options", options, "an object");
  for (const key in options) {
    if (!KNOWN.includes(key))
      refuse(key, (options as Record<string, unknown>)[key], `one of ${KNOWN.join(", ")}`);
  }
  const { type, tenant, signal, logTail } = options;
  if (type !== undefined && !TYPES.includes(type))
    refuse("type", type, TYPES.map((one) => `"${one}"`).join(", "));
  if (tenant !== undefined && !(typeof tenant === "string" && TENANT.test(tenant))) {
    refuse("tenant", tenant, "1 to 256 letters, digits, spaces and _ . : / = + - @");
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuse("signal", signal, "an AbortSignal");
  if (logTail !== undefined && typeof logTail !== "boolean") refuse("logTail", logTail, "true or false");
}

/** Accepts a call: writes its payload, gives it an id, and stamps it. Throws for a payload that can't cross. */
export function acceptInvocation(
  target: InvocationTarget,
  payload: unknown,
  options: InvokeOptions,
  engine: ResolvedOptions,
): Invocation {
  const { text, bytes } = writePayload(payload, engine.payloadLimitBytes);
  const acceptedMs = engine.clock.monotonicMs();
  return new Invocation({
    requestId: engine.requestIds(),
    payload: text,
    bytesIn: bytes,
    extras: extrasOf(target, options),
    timeoutMs: target.version.settings.timeoutMs,
    deadlineAtMs: options.deadlineMs === undefined ? Infinity : acceptedMs + options.deadlineMs,
    tenant: options.tenant,
    alias: target.alias,
    logTail: options.logTail ?? false,
    acceptedMs,
    acceptedAtMs: engine.clock.now(),
  });
}

/** JSON of what most invocations don't have; empty for those. */
function extrasOf(target: InvocationTarget, options: InvokeOptions): string {
  const { clientContext, identity, tenant } = options;
  const isQualified = target.invokedArn !== target.version.arn;
  if (!isQualified && tenant === undefined && clientContext === undefined && identity === undefined)
    return "";
  try {
    return JSON.stringify({
      invokedFunctionArn: target.invokedArn,
      tenantId: tenant,
      clientContext,
      identity,
    });
  } catch (cause) {
    throw new InvalidPayloadError(
      "clientContext or identity can't be written as JSON. Pass JSON-able data only.",
      cause,
    );
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function refuse(field: string, value: unknown, allowed: string): never {
  throw new InvalidOptionError("invoke", field, value, allowed, "INVALID_OPTION");
}
