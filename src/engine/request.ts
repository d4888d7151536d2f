import { InvalidOptionError, InvalidPayloadError, PayloadTooLargeError } from "../base/errors.ts";
import type { AnyInvokeOptions } from "../invocation/invoker.ts";
import { Invocation } from "../invocation/invocation.ts";
import type { ResponseTaker } from "../invocation/response-taker.ts";
import { takePayloadText, writePayload } from "../invocation/payload.ts";
import type { InvocationTarget } from "../functions/function-version.ts";
import type { ResolvedOptions } from "../options.ts";

const TYPES = ["request", "event", "dry-run"];
const KNOWN = [
  "type",
  "tenant",
  "clientContext",
  "identity",
  "signal",
  "priority",
  "deadlineMs",
  "logTail",
  "payloadText",
];

/** Longest tenant name, as in Lambda. */
const TENANT = /^[a-zA-Z0-9_.:/=+\-@ ]{1,256}$/;

/** Checks the options of one invocation. Throws {@link InvalidOptionError}; priority and deadline are the scheduler's to check. */
export function checkInvokeOptions(options: AnyInvokeOptions): void {
  if (!isObject(options)) refuse("options", options, "an object");
  for (const key in options) {
    if (!KNOWN.includes(key))
      refuse(key, (options as Record<string, unknown>)[key], `one of ${KNOWN.join(", ")}`);
  }
  const { type, tenant, signal, logTail, payloadText } = options;
  if (type !== undefined && !TYPES.includes(type))
    refuse("type", type, TYPES.map((one) => `"${one}"`).join(", "));
  if (tenant !== undefined && !(typeof tenant === "string" && TENANT.test(tenant))) {
    refuse("tenant", tenant, "1 to 256 letters, digits, spaces and _ . : / = + - @");
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuse("signal", signal, "an AbortSignal");
  if (logTail !== undefined && typeof logTail !== "boolean") refuse("logTail", logTail, "true or false");
  if (payloadText !== undefined && typeof payloadText !== "string")
    refuse("payloadText", payloadText, "JSON text, as a string");
}

/** Accepts a call: writes its payload or takes its text, gives it an id, and stamps it. Throws for a payload that can't cross. */
export function acceptInvocation(
  target: InvocationTarget,
  payload: unknown,
  options: AnyInvokeOptions,
  engine: ResolvedOptions,
  {
    depth = 0,
    taker,
  }: { readonly depth?: number | undefined; readonly taker?: ResponseTaker | undefined } = {},
): Invocation {
  const { payloadText } = options;
  const { text, bytes } =
    payloadText === undefined
      ? writePayload(payload, engine.payloadLimitBytes)
      : takePayloadText(payload, payloadText, engine.payloadLimitBytes);
  const acceptedMs = engine.clock.monotonicMs();
  const invocation = new Invocation({
    requestId: engine.requestIds(),
    payload: text,
    bytesIn: bytes,
    extras: extrasOf(target, options, engine.payloadLimitBytes, taker !== undefined),
    timeoutMs: target.version.settings.timeoutMs,
    deadlineAtMs: options.deadlineMs === undefined ? Infinity : acceptedMs + options.deadlineMs,
    tenant: options.tenant,
    depth,
    alias: target.alias,
    logTail: options.logTail ?? false,
    acceptedMs,
    acceptedAtMs: engine.clock.now(),
  });
  invocation.taker = taker;
  return invocation;
}

/** JSON of what most invocations don't have; empty for those. */
function extrasOf(
  target: InvocationTarget,
  options: AnyInvokeOptions,
  limitBytes: number,
  streams: boolean,
): string {
  const { clientContext, identity, tenant } = options;
  const isQualified = target.invokedArn !== target.version.arn;
  if (!isQualified && tenant === undefined && clientContext === undefined && identity === undefined)
    return streams ? STREAMS : "";
  const text = writeExtras({
    invokedFunctionArn: target.invokedArn,
    tenantId: tenant,
    clientContext,
    identity,
    ...(streams && { streams }),
  });
  const bytes = Buffer.byteLength(text);
  if (bytes > limitBytes) throw new PayloadTooLargeError(bytes, limitBytes);
  return text;
}

const STREAMS = JSON.stringify({ streams: true });

function writeExtras(extras: object): string {
  try {
    return JSON.stringify(extras);
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
