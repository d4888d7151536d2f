import { RuntimeFailure } from "./failures.ts";
import {
  isInstance,
  reflectGet,
  SafeError,
  string,
  stringIncludes,
  stringIndexOf,
  stringLastIndexOf,
  stringSlice,
  stringSplit,
} from "./primordials.ts";

/** A resolved handler and what its form says about how to run it. */
export interface Handler {
  readonly call: (event: unknown, context: unknown, callback?: unknown) => unknown;
  /** Made by `awslambda.streamifyResponse`: it is given a stream for its response as its second argument. */
  readonly isStreaming: boolean;
  /** Of the form of Web servers: how it streams its response to callers that take it so. */
  readonly stream?: Handler["call"];
  /** Declared `async`: a promise that never settles is then a failure rather than an empty result, as in Lambda. */
  readonly isAsync: boolean;
}

const CALLBACK_REMOVED =
  "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. " +
  "You need to modify this function to use a supported handler signature to use Node.js 24 or later. " +
  "For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.";

/** Under which Lambda's own client marks handlers that stream, so that code which marks its own is understood. */
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");

/** The export path of a handler setting: `nested.export` of `file.nested.export`, as Lambda's client takes it apart. */
function exportPath(handler: string): string {
  if (stringIncludes(handler, "..")) {
    throw new RuntimeFailure(
      "Runtime.MalformedHandlerName",
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const base = stringSlice(handler, stringLastIndexOf(handler, "/") + 1);
  const dot = stringIndexOf(base, ".");
  if (dot < 0) throw new RuntimeFailure("Runtime.MalformedHandlerName", "Bad handler");
  return stringSlice(base, dot + 1);
}

/** Finds the handler in a module's exports. Throws `Runtime.HandlerNotFound` and its kin. */
export function resolveHandler(
  exports: unknown,
  handler: string,
  callbacksAllowed: boolean,
  webHandler: (target: object) => Required<Pick<Handler, "call" | "stream">>,
): Handler {
  const path = stringSplit(exportPath(handler), ".");
  let found = findIn(exports, path);
  // As the client of nodejs24.x, which also looks inside a default export.
  if (!found && !callbacksAllowed && isObject(exports)) found = findIn(reflectGet(exports, "default"), path);
  const web = found ? undefined : webTarget(exports);
  if (web) return { ...webHandler(web), isStreaming: false, isAsync: true };
  if (!found) throw new RuntimeFailure("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  if (typeof found !== "function")
    throw new RuntimeFailure("Runtime.HandlerNotFound", `${handler} is not a function`);
  const isStreaming = reflectGet(found, STREAMING) === "response";
  if (!callbacksAllowed && !isStreaming && found.length >= 3) {
    throw new RuntimeFailure("Runtime.CallbackHandlerDeprecated", CALLBACK_REMOVED);
  }
  return { call: found as Handler["call"], isStreaming, isAsync: isAsyncFunction(found) };
}

/** The default export where it has a `fetch`: the form of Web servers, for modules without the export that is asked for. */
function webTarget(exports: unknown): object | undefined {
  const target = isObject(exports) ? reflectGet(exports, "default") : undefined;
  return isObject(target) && typeof reflectGet(target, "fetch") === "function" ? target : undefined;
}

function findIn(exports: unknown, path: readonly string[]): unknown {
  let found = exports;
  for (let index = 0; index < path.length && found; index++) {
    found = isObject(found) ? reflectGet(found, path[index] ?? "") : undefined;
  }
  return found;
}

/** What Lambda makes of an error while loading the user's module. */
export function loadFailure(thrown: unknown): unknown {
  if (isInstance(SafeSyntaxError, thrown))
    return new RuntimeFailure("Runtime.UserCodeSyntaxError", string(thrown));
  if (isInstance(SafeError, thrown) && reflectGet(thrown as object, "code") === "MODULE_NOT_FOUND") {
    return new RuntimeFailure("Runtime.ImportModuleError", string(thrown));
  }
  return thrown;
}

const SafeSyntaxError = SyntaxError;
const AsyncFunction = (async () => undefined).constructor;

function isAsyncFunction(value: object): boolean {
  return isInstance(AsyncFunction, value);
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
