import { IsoletError } from "../base/errors.ts";
import { parseFunctionReference } from "../functions/qualifier.ts";
import type { InvocationRequest } from "../invocation/invocation.ts";
import type { TextInvokeOptions } from "../invocation/invoker.ts";
import type { InvocationResult, SucceededTextResult } from "../invocation/result.ts";
import type { Caller } from "./calls.ts";
import { denial } from "./denial.ts";
import { CallFailure, failureReply } from "./operations.ts";
import type { Answer, Operation } from "./operations.ts";
import type { PermissionLedger } from "./permission-ledger.ts";

/** Invokes for a guest. `depth` is how many invocations stand one behind the other. */
export type InvokeForGuest = (
  name: string,
  options: TextInvokeOptions,
  depth: number,
) => Promise<InvocationResult | SucceededTextResult>;

/** What functions invoke each other by. */
export interface FunctionCallParts {
  readonly functionName: string;
  readonly granted: true | readonly string[];
  readonly ledger: PermissionLedger;
  readonly invoke: InvokeForGuest;
  readonly maxDepth: number;
}

interface Head {
  readonly functionName: string;
  readonly type: "request" | "event";
}

/** `fn.invoke` of one environment: a line of JSON that says whom and how, and the payload as JSON text. */
export function functionCalls(parts: FunctionCallParts, caller: Caller): Operation {
  const mayInvoke = grantOf(parts.granted);
  return (argument, answer) => {
    const cut = argument.indexOf("\n");
    const { functionName, type } = readHead(argument.slice(0, Math.max(0, cut)));
    check(parts, mayInvoke, functionName);
    const cause = causeOf(parts, caller);
    const aborter = new AbortController();
    const options: TextInvokeOptions = {
      type,
      payloadText: argument.slice(cut + 1),
      signal: aborter.signal,
      ...(cause.tenant !== undefined && { tenant: cause.tenant }),
    };
    parts.invoke(functionName, options, cause.depth + 1).then(
      (result) => answer(1, resultText(result)),
      (error: unknown) => refuse(answer, error),
    );
    // An event is handed over, and nobody's to take back.
    return { end: () => type === "request" && aborter.abort() };
  };
}

function readHead(text: string): Head {
  try {
    const { functionName, type = "request" } = JSON.parse(text.slice(0, 4_096)) as Record<string, unknown>;
    if (typeof functionName === "string" && (type === "request" || type === "event")) {
      return { functionName, type };
    }
  } catch {
    // Said below.
  }
  throw new CallFailure(
    "TypeError",
    'invoke takes a function\'s name, and "request" or "event" as its type.',
    "ERR_INVALID_ARG_VALUE",
  );
}

function check(
  { functionName, ledger }: FunctionCallParts,
  mayInvoke: (name: string, qualifier: string | undefined) => boolean,
  name: string,
): void {
  const target = parse(name);
  const entry =
    target.qualifier === undefined ? target.functionName : `${target.functionName}:${target.qualifier}`;
  const need = { permission: "invoke", detail: entry, entry } as const;
  if (mayInvoke(target.functionName, target.qualifier)) return ledger.used(need);
  ledger.denied(need);
  throw denial(
    `Function "${functionName}" may not invoke "${entry}"`,
    `permissions: { invoke: ["${entry}"] }`,
  );
}

function parse(name: string) {
  try {
    return parseFunctionReference(name);
  } catch (error) {
    throw toFailure(error);
  }
}

/** The invocation that a call is made in. What a cell says is not asked for it. */
function causeOf({ maxDepth, functionName }: FunctionCallParts, caller: Caller): InvocationRequest {
  const running = caller.running();
  const [first] = running;
  if (!first) {
    const message =
      "Functions can be invoked from within an invocation only, not while a function is loaded.";
    throw new CallFailure("Error", message, "ERR_INVALID_STATE");
  }
  if (running.some(({ tenant }) => tenant !== first.tenant)) {
    throw new CallFailure(
      "Error",
      "The environment runs invocations of several tenants, so whose this would be is not known: " +
        "set environmentConcurrency to 1, or isolation to process-per-tenant.",
      "ERR_INVALID_STATE",
    );
  }
  const deepest = running.reduce((deep, request) => (request.depth > deep.depth ? request : deep));
  if (deepest.depth < maxDepth) return deepest;
  throw new CallFailure(
    "RangeError",
    `Function "${functionName}" is the last of ${maxDepth} functions that invoke each other, the engine's maxInvokeDepth: ` +
      "do they go round in a circle? Raise maxInvokeDepth if they don't.",
    "ERR_INVOKE_DEPTH",
  );
}

/** A line of JSON about the result, and its payload as JSON text. */
function resultText(result: InvocationResult | SucceededTextResult): string {
  const { status, requestId, functionVersion } = result;
  const payload = status === "succeeded" && "payloadText" in result ? result.payloadText : "";
  const error = status === "failed" ? result.error : undefined;
  return `${JSON.stringify({ status, requestId, functionVersion, error })}\n${payload}`;
}

function refuse(answer: Answer, error: unknown): void {
  answer(2, failureReply(toFailure(error)));
}

/** Faults of the caller's and the platform's are told in their own words. */
function toFailure(error: unknown): unknown {
  if (!(error instanceof IsoletError)) return error;
  return new CallFailure(error.name, error.message, error.code, { cause: error });
}

/** Whether a list of names and patterns grants a function. One without a qualifier grants all of its qualifiers. */
function grantOf(granted: true | readonly string[]) {
  if (granted === true) return () => true;
  const patterns = granted.map((text) => {
    const [name = "", qualifier] = text.split(":");
    return { name: patternOf(name), qualifier: qualifier === undefined ? undefined : patternOf(qualifier) };
  });
  return (name: string, qualifier: string | undefined): boolean =>
    patterns.some(
      (pattern) =>
        pattern.name.test(name) &&
        (pattern.qualifier === undefined || pattern.qualifier.test(qualifier ?? "$LATEST")),
    );
}

function patternOf(text: string): RegExp {
  return new RegExp(`^${text.replaceAll("$", "\\$").replaceAll("*", ".*")}$`);
}
